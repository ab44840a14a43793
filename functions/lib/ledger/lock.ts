import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { dynamodb } from '../clients.ts';
import { conditionally, getItem, table } from './item.ts';

const lockKey = (pipeline: string) => ({ pk: `pipeline#${pipeline}`, sk: 'lock' });

/**
 * Takes the pipeline's deployment for a run, as `attemptOf` says; false while another holds it. With `seconds` it lapses by itself: for who
 * comes after the run's end, when nobody is left to give it back in their stead.
 */
export const lock = (pipeline: string, holder: string, seconds?: number): Promise<boolean> =>
  conditionally(() => {
    const now = Date.now();
    return dynamodb().send(
      new PutCommand({
        TableName: table(),
        Item: { ...lockKey(pipeline), runId: holder, ...(seconds !== undefined && { lapses: now + seconds * 1000 }) },
        ConditionExpression: 'attribute_not_exists(pk) OR runId = :runId OR lapses < :now',
        ExpressionAttributeValues: { ':runId': holder, ':now': now },
      }),
    );
  });

/** Who holds the pipeline's deployment: a run, as `attemptOf` says. */
export const lockHolder = async (pipeline: string): Promise<string | undefined> => {
  const item = await getItem(lockKey(pipeline));
  return item?.['runId'] as string | undefined;
};

/** Gives the lock back if it is this one who holds it. */
export const unlock = (pipeline: string, holder: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new DeleteCommand({
        TableName: table(),
        Key: lockKey(pipeline),
        ConditionExpression: 'runId = :runId',
        ExpressionAttributeValues: { ':runId': holder },
      }),
    ),
  );
