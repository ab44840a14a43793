import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { championSchema, type Beside, type Champion } from '../../../spec/run.ts';
import { dynamodb } from '../clients.ts';
import { conditionally, getItem, table } from './item.ts';

const championKey = (pipeline: string) => ({ pk: `pipeline#${pipeline}`, sk: 'champion' });

export const getChampion = async (pipeline: string): Promise<Champion | undefined> => {
  const item = await getItem(championKey(pipeline));
  return item && championSchema.parse(item['champion']);
};

/**
 * Makes a model the pipeline's champion, provided that the one it was compared with (`before`) still is; false when another
 * run's model has come between.
 */
export const putChampion = (pipeline: string, champion: Champion, before?: Champion): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new PutCommand({
        TableName: table(),
        Item: { ...championKey(pipeline), champion },
        ConditionExpression: `${before ? 'champion.runId = :before' : 'attribute_not_exists(pk)'} OR champion.runId = :own`,
        ExpressionAttributeValues: { ':own': champion.runId, ...(before && { ':before': before.runId }) },
      }),
    ),
  );

/** Lets a challenger serve beside the champion, in place of any before; false when `before` is not what serves any more. */
export const putBeside = (
  pipeline: string,
  before: Champion,
  { endpointConfigName, beside }: { endpointConfigName: string; beside: Beside },
): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: championKey(pipeline),
        UpdateExpression: 'SET champion.beside = :beside, champion.endpointConfigName = :config',
        // A call whose answer was lost is made again, and finds what it has written.
        ConditionExpression: 'champion.runId = :champion AND champion.endpointConfigName IN (:before, :config)',
        ExpressionAttributeValues: {
          ':beside': beside,
          ':config': endpointConfigName,
          ':champion': before.runId,
          ':before': before.endpointConfigName,
        },
      }),
    ),
  );

/** Changes the share of the challenger that serves beside the champion; false when these two do not serve any more. */
export const setWeight = (pipeline: string, { runId, beside }: Champion, weight: number): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: championKey(pipeline),
        UpdateExpression: 'SET champion.beside.weight = :weight',
        ConditionExpression: 'champion.runId = :champion AND champion.beside.runId = :challenger',
        ExpressionAttributeValues: { ':weight': weight, ':champion': runId, ':challenger': beside?.runId },
      }),
    ),
  );

/** Forgets the champion if it is still the model of this run. */
export const dropChampion = (pipeline: string, runId: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new DeleteCommand({
        TableName: table(),
        Key: championKey(pipeline),
        ConditionExpression: 'champion.runId = :runId',
        ExpressionAttributeValues: { ':runId': runId },
      }),
    ),
  );
