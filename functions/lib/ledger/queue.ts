/**
 * Who of a pipeline runs and who waits.
 *   pipeline#<name>  active             the run that has the slot
 *   pipeline#<name>  waiting#<place>    one run that waits; the first in the order of the keys is next
 * Read consistently from the table itself: an index may not know yet what was written a moment ago.
 */
import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { attemptOf } from '../../../spec/names.ts';
import type { RunInput } from '../../../spec/run.ts';
import { dynamodb } from '../clients.ts';
import { conditionally, getItem, table } from './item.ts';

/** All that it takes to begin a run, so that whoever finds it can. */
export interface Waiting {
  request: RunInput;
  /** See spec/place.ts. */
  place: string;
  /** Of the object's event, hexadecimal; absent when no event of S3 started the run. */
  sequencer?: string;
}

export interface Slot extends Waiting {
  /** Set once the run's execution is known to have been started. */
  begun?: boolean;
  /** The run as of which redrive has it, as `attemptOf` says. */
  holder: string;
}

const pk = (pipeline: string) => `pipeline#${pipeline}`;
const slotKey = (pipeline: string) => ({ pk: pk(pipeline), sk: 'active' });
const waitingKey = ({ request, place }: Waiting) => ({
  pk: pk(request.pipeline),
  sk: `waiting#${place}#${request.runId}`,
});

/** Whether `one` comes before `other`: never true both ways, so that of two runs exactly one gives way. */
export const isBefore = (one: Waiting, other: Waiting) => waitingKey(one).sk < waitingKey(other).sk;

/** Enqueues a run; the same run at the same place again changes nothing. */
export const putWaiting = async (waiting: Waiting) => {
  await dynamodb().send(new PutCommand({ TableName: table(), Item: { ...waitingKey(waiting), ...waiting } }));
};

export const dropWaiting = async (waiting: Waiting) => {
  await dynamodb().send(new DeleteCommand({ TableName: table(), Key: waitingKey(waiting) }));
};

const asWaiting = ({ request, place, sequencer }: Record<string, unknown>) =>
  ({ request, place, ...(sequencer !== undefined && { sequencer }) }) as Waiting;

const query = async (pipeline: string, limit?: number, from?: Record<string, unknown>) => {
  const { Items = [], LastEvaluatedKey } = await dynamodb().send(
    new QueryCommand({
      TableName: table(),
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :waiting)',
      ExpressionAttributeValues: { ':pk': pk(pipeline), ':waiting': 'waiting#' },
      Limit: limit,
      ExclusiveStartKey: from,
    }),
  );
  return { waiting: Items.map(asWaiting), next: LastEvaluatedKey };
};

/** The run that is next. */
export const firstWaiting = async (pipeline: string): Promise<Waiting | undefined> =>
  (await query(pipeline, 1)).waiting[0];

/** All runs that wait, first to last, page by page. */
export const allWaiting = async function* (pipeline: string): AsyncGenerator<Waiting> {
  let from: Record<string, unknown> | undefined;
  do {
    const page = await query(pipeline, undefined, from);
    yield* page.waiting;
    from = page.next;
  } while (from !== undefined);
};

export const getSlot = async (pipeline: string): Promise<Slot | undefined> => {
  const item = await getItem(slotKey(pipeline));
  return item && { ...asWaiting(item), begun: item['begun'] === true, holder: String(item['runId']) };
};

/** Gives the free slot to a run; false when it is not free. */
export const takeSlot = (waiting: Waiting): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new PutCommand({
        TableName: table(),
        Item: { ...slotKey(waiting.request.pipeline), ...waiting, runId: waiting.request.runId },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );

/** Gives the slot to a run that goes on in a redrive; false while another run has it. */
export const takeSlotAgain = (waiting: Waiting, redrives: number): Promise<boolean> => {
  const { pipeline, runId } = waiting.request;
  return conditionally(() =>
    dynamodb().send(
      new PutCommand({
        TableName: table(),
        Item: { ...slotKey(pipeline), ...waiting, runId: attemptOf(runId, redrives), begun: true },
        // A redrive that came no further may have left it.
        ConditionExpression: 'attribute_not_exists(pk) OR #request.runId = :runId',
        ExpressionAttributeNames: { '#request': 'request' },
        ExpressionAttributeValues: { ':runId': runId },
      }),
    ),
  );
};

/** Notes that the execution of the run in the slot was started. */
export const markBegun = (pipeline: string, runId: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new UpdateCommand({
        TableName: table(),
        Key: slotKey(pipeline),
        UpdateExpression: 'SET begun = :yes',
        ConditionExpression: 'runId = :runId',
        ExpressionAttributeValues: { ':yes': true, ':runId': runId },
      }),
    ),
  );

/** Frees the slot if this run has it, as `attemptOf` says. */
export const release = (pipeline: string, holder: string): Promise<boolean> =>
  conditionally(() =>
    dynamodb().send(
      new DeleteCommand({
        TableName: table(),
        Key: slotKey(pipeline),
        ConditionExpression: 'runId = :runId',
        ExpressionAttributeValues: { ':runId': holder },
      }),
    ),
  );
