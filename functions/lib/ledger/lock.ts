import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { dynamodb } from '../clients.ts';
import { conditionally, getItem, table } from './item.ts';

const lockKey = (pipeline: string) => ({ pk: `pipeline#${pipeline}`, sk: 'lock' });

/** Takes the pipeline's deployment for this run; false while another run holds it. */
export const lock = (pipeline: string, runId: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new PutCommand({
        TableName: table(),
        Item: { ...lockKey(pipeline), runId },
        ConditionExpression: 'attribute_not_exists(pk) OR runId = :runId',
        ExpressionAttributeValues: { ':runId': runId },
      }),
    ),
  );

/** The run that holds the pipeline's deployment. */
export const lockHolder = async (pipeline: string): Promise<string | undefined> => {
  const item = await getItem(lockKey(pipeline));
  return item?.['runId'] as string | undefined;
};

/** Gives the lock back if this run holds it. */
export const unlock = (pipeline: string, runId: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new DeleteCommand({
        TableName: table(),
        Key: lockKey(pipeline),
        ConditionExpression: 'runId = :runId',
        ExpressionAttributeValues: { ':runId': runId },
      }),
    ),
  );
