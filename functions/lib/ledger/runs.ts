import { PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Cost } from '../../../spec/costs.ts';
import type { Outcome, RunInput, RunRecord } from '../../../spec/run.ts';
import { dynamodb } from '../clients.ts';
import { conditionally, getItem, inRedrive, table } from './item.ts';

export type { RunRecord };

export const runKey = (runId: string) => ({ pk: `run#${runId}`, sk: 'run' });

/** Records a run once; false when it is already there. `place` is where it waits, see spec/place.ts. */
export const addRun = (request: RunInput, outcome: Outcome = 'RUNNING', place?: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new PutCommand({
        TableName: table(),
        Item: {
          ...runKey(request.runId),
          ...request,
          outcome,
          startedAt: new Date().toISOString(),
          listed: 'runs',
          ...(place !== undefined && { place }),
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );

/** A run, and whether everything of it was cleared away behind its end. */
export interface KeptRun extends RunRecord {
  cleared?: boolean;
}

/** With where it waits or has waited, if it ever had to. */
export const getKeptRun = async (runId: string): Promise<(KeptRun & { place?: string }) | undefined> => {
  const item = await getItem(runKey(runId));
  return item && { ...keptOf(item), ...(typeof item['place'] === 'string' && { place: item['place'] }) };
};

const keptOf = (item: Record<string, unknown>): KeptRun => ({
  ...withoutKeys(item),
  ...(item['cleared'] === true && { cleared: true }),
});

const withoutKeys = (item: Record<string, unknown>) => {
  const { pk: _pk, sk: _sk, listed: _listed, place: _place, cleared: _cleared, ...members } = item;
  const {
    notified: _notified,
    tellingUntil: _until,
    teller: _teller,
    ending: _ending,
    heard: _heard,
    ...rest
  } = members;
  return rest as unknown as RunRecord;
};

export const getRun = async (runId: string): Promise<RunRecord | undefined> => {
  const item = await getItem(runKey(runId));
  return item && withoutKeys(item);
};

/** Where a run waits or has waited. */
export const placeOfRun = async (runId: string): Promise<string | undefined> =>
  (await getItem(runKey(runId)))?.['place'] as string | undefined;

/** Newest first; `cursor` is what the previous page returned. */
export const listRuns = async (limit: number, cursor?: Record<string, unknown>) => {
  const { Items = [], LastEvaluatedKey } = await byTime({ limit, cursor });
  return { runs: Items.map(withoutKeys), cursor: LastEvaluatedKey };
};

/** Runs that were asked for since `from` (ISO 8601), newest first, a page of them. */
export const runsSince = async (from: string, cursor?: Record<string, unknown>) => {
  const { Items = [], LastEvaluatedKey } = await byTime({ limit: 1000, cursor, from });
  return { runs: Items.map(keptOf), cursor: LastEvaluatedKey };
};

interface RunsPage {
  limit: number;
  cursor: Record<string, unknown> | undefined;
  from?: string;
}

const byTime = ({ limit, cursor, from }: RunsPage) =>
  dynamodb().send(
    new QueryCommand({
      TableName: table(),
      IndexName: 'byTime',
      KeyConditionExpression: `listed = :runs${from === undefined ? '' : ' AND startedAt >= :from'}`,
      ExpressionAttributeValues: { ':runs': 'runs', ...(from !== undefined && { ':from': from }) },
      ScanIndexForward: false,
      Limit: limit,
      ExclusiveStartKey: cursor,
    }),
  );

/** Sets members of a run that exists. */
export const updateRun = async (runId: string, members: Partial<RunRecord>) => {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return;
  await dynamodb().send(
    new UpdateCommand({
      TableName: table(),
      Key: runKey(runId),
      UpdateExpression: `SET ${entries.map((_, i) => `#k${i} = :v${i}`).join(', ')}`,
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: Object.fromEntries(entries.map(([key], i) => [`#k${i}`, key])),
      ExpressionAttributeValues: Object.fromEntries(entries.map(([, value], i) => [`:v${i}`, value])),
    }),
  );
};

/** Keeps what a run has cost. Jobs only add to it, so that of two sums at the same time the later one stays. */
export const setCost = (runId: string, { usd, unknown }: Cost): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: runKey(runId),
        UpdateExpression: `SET costUsd = :usd${unknown.length > 0 ? ', costUnknown = :unknown' : ''}`,
        ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(costUsd) OR costUsd <= :usd)',
        ExpressionAttributeValues: { ':usd': usd, ...(unknown.length > 0 && { ':unknown': unknown }) },
      }),
    ),
  );

const mark = (runId: string, members: Record<string, true | number>, redrives: number): Promise<boolean> => {
  const { condition, values } = inRedrive(redrives);
  const entries = Object.entries(members);
  return conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: runKey(runId),
        UpdateExpression: `SET ${entries.map(([name]) => `${name} = :${name}`).join(', ')}`,
        ConditionExpression: `attribute_exists(pk) AND ${condition}`,
        ExpressionAttributeValues: { ...Object.fromEntries(entries.map(([name, it]) => [`:${name}`, it])), ...values },
      }),
    ),
  );
};

/**
 * Says that a run's execution is over, before anything of it is cleared away; false when it goes on in another redrive. `heard` is
 * the redrive in which the execution ended: later than the ledger's where that one had not come to go on, and never will.
 */
export const markEnding = (runId: string, redrives = 0, heard = redrives) =>
  mark(runId, { ending: true, heard }, redrives);

/** Says that nothing of a run that is over is left: the reaper need not look at it again, and a redrive may go on. */
export const markCleared = (runId: string, redrives = 0) => mark(runId, { cleared: true }, redrives);

/** Whether a run has ended or is being cleared away; with `redrives`: whether it is, or goes on in another redrive. */
export const isOver = async (runId: string, redrives?: number): Promise<boolean> => {
  const item = await getItem(runKey(runId));
  if (!item) return false;
  if (redrives !== undefined && (item['redrives'] ?? 0) !== redrives) return true;
  return item['ending'] === true || item['outcome'] !== ('RUNNING' satisfies Outcome);
};

/**
 * Lets a run that has ended and was cleared away go on in a redrive; all that its end has left in its record is gone then. False
 * when it is not so: it goes on already, is being cleared away, or the execution has ended again meanwhile.
 */
export const resumeRun = (runId: string, redrives: number, before: number): Promise<boolean> => {
  const { condition, values } = inRedrive(before);
  return conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: runKey(runId),
        UpdateExpression:
          'SET outcome = :running, redrives = :now, redrivenAt = :at' +
          ' REMOVE ending, cleared, heard, notified, unanswered, tellingUntil, teller, endedAt, summary',
        ConditionExpression: `cleared = :yes AND (attribute_not_exists(heard) OR heard < :now) AND ${condition}`,
        ExpressionAttributeValues: {
          ':running': 'RUNNING' satisfies Outcome,
          ':now': redrives,
          ':at': new Date().toISOString(),
          ':yes': true,
          ...values,
        },
      }),
    ),
  );
};

const fromQueue = (runId: string, members: Partial<RunRecord>): Promise<boolean> => {
  const entries = Object.entries(members);
  return conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: runKey(runId),
        UpdateExpression: `SET ${entries.map(([key]) => `${key} = :${key}`).join(', ')}`,
        ConditionExpression: 'outcome = :queued',
        ExpressionAttributeValues: {
          ...Object.fromEntries(entries.map(([key, value]) => [`:${key}`, value])),
          ':queued': 'QUEUED' satisfies Outcome,
        },
      }),
    ),
  );
};

/** A run that waits begins; false when it does not wait. */
export const beginRun = (runId: string) =>
  fromQueue(runId, { outcome: 'RUNNING', startedAt: new Date().toISOString() });

/** A run that waits never begins; false when it does not wait. Of this and `beginRun`, one comes first. */
export const leaveQueue = (
  runId: string,
  how: { outcome: 'SKIPPED' | 'STOPPED'; summary: string; gaveWayTo?: string },
): Promise<boolean> => fromQueue(runId, { ...how, endedAt: new Date().toISOString() });

/** Sets how a run ended, unless that is already known or it goes on in another redrive; true when this call set it. */
export const endRun = (runId: string, outcome: Outcome, summary: string, redrives = 0): Promise<boolean> => {
  const { condition, values } = inRedrive(redrives);
  return conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: runKey(runId),
        UpdateExpression: 'SET outcome = :outcome, summary = :summary, endedAt = :now',
        ConditionExpression: `outcome = :running AND ${condition}`,
        ExpressionAttributeValues: {
          ':outcome': outcome,
          ':summary': summary,
          ':now': new Date().toISOString(),
          ':running': 'RUNNING' satisfies Outcome,
          ...values,
        },
      }),
    ),
  );
};
