/**
 * The ledger: one DynamoDB table, single-item conditional writes only.
 *   run#<runId>        run       what was asked, how it stands
 *   pipeline#<name>    champion  the deployed model
 *   pipeline#<name>    lock      which run may change the deployment
 *   job#<kind>/<name>  token     who waits for the job
 */
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { championSchema, type Champion, type Outcome, type RunRequest } from '../../spec/run.ts';
import { isAws } from './awsErrors.ts';
import { dynamodb } from './clients.ts';
import { environment } from './environment.ts';

export interface RunRecord extends RunRequest {
  runId: string;
  outcome: Outcome;
  /** ISO 8601, UTC. */
  startedAt: string;
  endedAt?: string;
  /** One sentence: the verdict, or what went wrong. */
  summary?: string;
  endpointName?: string;
  modelPackageArn?: string;
}

export interface WaitingToken {
  token: string;
  runId: string;
  /** The endpoint configuration that is wanted InService. */
  expected?: string;
}

const table = () => environment('TABLE_NAME');
const runKey = (runId: string) => ({ pk: `run#${runId}`, sk: 'run' });
const pipelineKey = (pipeline: string, sk: 'champion' | 'lock') => ({ pk: `pipeline#${pipeline}`, sk });
const jobKey = (kind: string, name: string) => ({ pk: `job#${kind}/${name}`, sk: 'token' });

/** True when this call wrote; false when the condition did not hold. */
const conditionally = async (write: () => Promise<unknown>): Promise<boolean> => {
  try {
    await write();
    return true;
  } catch (error) {
    if (isAws(error, ['ConditionalCheckFailedException'])) return false;
    throw error;
  }
};

/** Records a run once; false when it is already there. */
export const addRun = (request: RunRequest & { runId: string }): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new PutCommand({
        TableName: table(),
        Item: {
          ...runKey(request.runId),
          ...request,
          outcome: 'RUNNING' satisfies Outcome,
          startedAt: new Date().toISOString(),
          listed: 'runs',
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );

const withoutKeys = (item: Record<string, unknown>) => {
  const { pk: _pk, sk: _sk, listed: _listed, ...members } = item;
  const { notified: _notified, tellingUntil: _until, teller: _teller, ending: _ending, ...rest } = members;
  return rest as unknown as RunRecord;
};

export const getRun = async (runId: string): Promise<RunRecord | undefined> => {
  const { Item } = await dynamodb().send(
    new GetCommand({ TableName: table(), Key: runKey(runId), ConsistentRead: true }),
  );
  return Item && withoutKeys(Item);
};

/** Newest first; `cursor` is what the previous page returned. */
export const listRuns = async (limit: number, cursor?: Record<string, unknown>) => {
  const page = await dynamodb().send(
    new QueryCommand({
      TableName: table(),
      IndexName: 'byTime',
      KeyConditionExpression: 'listed = :runs',
      ExpressionAttributeValues: { ':runs': 'runs' },
      ScanIndexForward: false,
      Limit: limit,
      ExclusiveStartKey: cursor,
    }),
  );
  return { runs: (page.Items ?? []).map(withoutKeys), cursor: page.LastEvaluatedKey };
};

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

/** Says that a run's execution is over, before anything of it is cleared away. */
export const markEnding = (runId: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: runKey(runId),
        UpdateExpression: 'SET ending = :yes',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':yes': true },
      }),
    ),
  );

/** Whether a run has ended or is being cleared away. */
export const isOver = async (runId: string): Promise<boolean> => {
  const { Item } = await dynamodb().send(
    new GetCommand({ TableName: table(), Key: runKey(runId), ConsistentRead: true }),
  );
  return Item !== undefined && (Item['ending'] === true || Item['outcome'] !== ('RUNNING' satisfies Outcome));
};

/** Sets how a run ended, unless that is already known; true when this call set it. */
export const endRun = (runId: string, outcome: Outcome, summary: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: runKey(runId),
        UpdateExpression: 'SET outcome = :outcome, summary = :summary, endedAt = :now',
        ConditionExpression: 'outcome = :running',
        ExpressionAttributeValues: {
          ':outcome': outcome,
          ':summary': summary,
          ':now': new Date().toISOString(),
          ':running': 'RUNNING' satisfies Outcome,
        },
      }),
    ),
  );

/** A turn to tell lasts longer than the function that takes it may run, so that one that died gives it up by itself. */
const turnMs = 60_000;

/**
 * The turn to send the run's one notification: `mine`, or nobody's any more because it is `told`, or `taken` by another
 * attempt that may be under way. An attempt that is made again, because its process died, finds the turn its own.
 */
export const takeTurnToTell = async (runId: string, attempt: string): Promise<'mine' | 'told' | 'taken'> => {
  const now = Date.now();
  const mine = await conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: runKey(runId),
        UpdateExpression: 'SET tellingUntil = :until, teller = :attempt',
        ConditionExpression:
          'attribute_exists(pk) AND attribute_not_exists(notified) AND (attribute_not_exists(tellingUntil) OR tellingUntil < :now OR teller = :attempt)',
        ExpressionAttributeValues: { ':until': now + turnMs, ':now': now, ':attempt': attempt },
      }),
    ),
  );
  if (mine) return 'mine';
  const { Item } = await dynamodb().send(
    new GetCommand({ TableName: table(), Key: runKey(runId), ConsistentRead: true }),
  );
  // A run that the ledger does not know has nobody to tell.
  return Item && Item['notified'] !== true ? 'taken' : 'told';
};

export const markTold = async (runId: string) => {
  await dynamodb().send(
    new UpdateCommand({
      TableName: table(),
      Key: runKey(runId),
      UpdateExpression: 'SET notified = :yes REMOVE tellingUntil, teller',
      ExpressionAttributeValues: { ':yes': true },
    }),
  );
};

/** Gives the turn back after a publish that failed. */
export const giveTurnBack = async (runId: string) => {
  await dynamodb().send(
    new UpdateCommand({ TableName: table(), Key: runKey(runId), UpdateExpression: 'REMOVE tellingUntil, teller' }),
  );
};

export const getChampion = async (pipeline: string): Promise<Champion | undefined> => {
  const { Item } = await dynamodb().send(
    new GetCommand({ TableName: table(), Key: pipelineKey(pipeline, 'champion'), ConsistentRead: true }),
  );
  return Item && championSchema.parse(Item['champion']);
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
        Item: { ...pipelineKey(pipeline, 'champion'), champion },
        ConditionExpression: `${before ? 'champion.runId = :before' : 'attribute_not_exists(pk)'} OR champion.runId = :own`,
        ExpressionAttributeValues: { ':own': champion.runId, ...(before && { ':before': before.runId }) },
      }),
    ),
  );

/** Takes the pipeline's deployment for this run; false while another run holds it. */
export const lock = (pipeline: string, runId: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new PutCommand({
        TableName: table(),
        Item: { ...pipelineKey(pipeline, 'lock'), runId },
        ConditionExpression: 'attribute_not_exists(pk) OR runId = :runId',
        ExpressionAttributeValues: { ':runId': runId },
      }),
    ),
  );

/** The run that holds the pipeline's deployment. */
export const lockHolder = async (pipeline: string): Promise<string | undefined> => {
  const { Item } = await dynamodb().send(
    new GetCommand({ TableName: table(), Key: pipelineKey(pipeline, 'lock'), ConsistentRead: true }),
  );
  return Item?.['runId'] as string | undefined;
};

/** Gives the lock back if this run holds it. */
export const unlock = (pipeline: string, runId: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new DeleteCommand({
        TableName: table(),
        Key: pipelineKey(pipeline, 'lock'),
        ConditionExpression: 'runId = :runId',
        ExpressionAttributeValues: { ':runId': runId },
      }),
    ),
  );

export const putToken = async (kind: string, name: string, waiting: WaitingToken) => {
  await dynamodb().send(new PutCommand({ TableName: table(), Item: { ...jobKey(kind, name), ...waiting } }));
};

export const getToken = async (kind: string, name: string): Promise<WaitingToken | undefined> => {
  const { Item } = await dynamodb().send(
    new GetCommand({ TableName: table(), Key: jobKey(kind, name), ConsistentRead: true }),
  );
  return Item as WaitingToken | undefined;
};

/** Forgets a token that was answered, unless a newer wait replaced it. */
export const dropToken = (kind: string, name: string, token: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new DeleteCommand({
        TableName: table(),
        Key: jobKey(kind, name),
        ConditionExpression: '#token = :token',
        ExpressionAttributeNames: { '#token': 'token' },
        ExpressionAttributeValues: { ':token': token },
      }),
    ),
  );
