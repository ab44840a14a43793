import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { championSchema, type Champion } from '../../../spec/run.ts';
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
