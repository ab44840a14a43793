import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Outcome } from '../../../spec/run.ts';
import { dynamodb } from '../clients.ts';
import { table } from './item.ts';

/** What a run has cost; absent while nothing is known of it. */
const runCost = z.object({
  pipeline: z.string(),
  outcome: z.string().optional(),
  costUsd: z.number().optional(),
  costUnknown: z.array(z.string()).optional(),
});
export type RunCost = z.infer<typeof runCost>;

const unbegun: ReadonlySet<string> = new Set<Outcome>(['QUEUED', 'SKIPPED']);

/** Runs that began in a month (`2026-11`, UTC), one page of them; however they ended, they have cost what they have. */
export const costsOfMonth = async (month: string, pipeline?: string, cursor?: Record<string, unknown>) => {
  const page = await dynamodb().send(
    new QueryCommand({
      TableName: table(),
      IndexName: 'byTime',
      // Every time of a month sorts between these, however many days it has.
      KeyConditionExpression: 'listed = :runs AND startedAt BETWEEN :from AND :to',
      ...(pipeline !== undefined && { FilterExpression: 'pipeline = :pipeline' }),
      ExpressionAttributeValues: {
        ':runs': 'runs',
        ':from': `${month}-01`,
        ':to': `${month}-32`,
        ...(pipeline !== undefined && { ':pipeline': pipeline }),
      },
      Limit: 1000,
      ExclusiveStartKey: cursor,
    }),
  );
  const runs = (page.Items ?? []).map((item) => runCost.parse(item));
  return { runs: runs.filter(({ outcome = '' }) => !unbegun.has(outcome)), cursor: page.LastEvaluatedKey };
};
