import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { challengerSchema, type Challenger } from '../../../spec/run.ts';
import { dynamodb } from '../clients.ts';
import { conditionally, getItem, table } from './item.ts';

const challengerKey = (pipeline: string) => ({ pk: `pipeline#${pipeline}`, sk: 'challenger' });

export const getChallenger = async (pipeline: string): Promise<Challenger | undefined> => {
  const item = await getItem(challengerKey(pipeline));
  return item && challengerSchema.parse(item['challenger']);
};

/** Called behind the pipeline's lock: whatever is there was left by a deployment that is over. */
export const putChallenger = async (pipeline: string, challenger: Challenger) => {
  await dynamodb().send(new PutCommand({ TableName: table(), Item: { ...challengerKey(pipeline), challenger } }));
};

/** Forgets the challenger of this endpoint configuration; another one stays. */
export const dropChallenger = (pipeline: string, config: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new DeleteCommand({
        TableName: table(),
        Key: challengerKey(pipeline),
        ConditionExpression: 'challenger.endpointConfigName = :config',
        ExpressionAttributeValues: { ':config': config },
      }),
    ),
  );

/**
 * Changes the share of the challenger of this endpoint configuration; false when there is none any more, or when it has another share
 * than `before`.
 */
export const setShare = (pipeline: string, config: string, share: number, before?: number): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: challengerKey(pipeline),
        UpdateExpression: 'SET challenger.#share = :share',
        // A call whose answer was lost is made again, and finds what it has written.
        ConditionExpression: `challenger.endpointConfigName = :config${before === undefined ? '' : ' AND challenger.#share IN (:before, :share)'}`,
        ExpressionAttributeNames: { '#share': 'share' },
        ExpressionAttributeValues: {
          ':config': config,
          ':share': share,
          ...(before !== undefined && { ':before': before }),
        },
      }),
    ),
  );
