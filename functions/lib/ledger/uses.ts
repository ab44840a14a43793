import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { jobUse, type JobUse } from '../../../spec/costs.ts';
import { dynamodb } from '../clients.ts';
import { table } from './item.ts';

const prefix = 'use#';

/** Keeps what a job of the run took; the same job again is the same item. */
export const putUse = async (runId: string, { job, ...rest }: JobUse) => {
  await dynamodb().send(
    new PutCommand({ TableName: table(), Item: { pk: `run#${runId}`, sk: `${prefix}${job}`, ...rest } }),
  );
};

/** What the jobs of a run took that have ended so far. */
export const listUses = async (runId: string): Promise<JobUse[]> => {
  const uses: JobUse[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await dynamodb().send(
      new QueryCommand({
        TableName: table(),
        KeyConditionExpression: 'pk = :run AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':run': `run#${runId}`, ':prefix': prefix },
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    );
    for (const { pk: _pk, sk, ...rest } of page.Items ?? [])
      uses.push(jobUse.parse({ ...rest, job: String(sk).slice(prefix.length) }));
    from = page.LastEvaluatedKey;
  } while (from);
  return uses;
};
