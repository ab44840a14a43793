/** A Map state tried by itself: its items and limits are worked out, its iterations are given. */
import { StatesError } from './errors.ts';
import type { Thread } from './execution.ts';
import { exitWith, usesJsonata } from './fields.ts';
import { isObject, member, type Json } from './json.ts';
import { wait, type Later } from './later.ts';
import type { StateDefinition } from './machine.ts';
import { batched } from './mapRun/batch.ts';
import type { ReaderOrder } from './mapRun/order.ts';
import { mapItem } from './mapRun/runMap.ts';
import { readItems, type ReadItem, type Storage } from './mapRun/read.ts';
import type { Exit, Run } from './run.ts';
import { batcherOf, isDistributed, readerOf } from './states/distributedMap.ts';
import { inputOf, itemsOf } from './states/mapItems.ts';
import { concurrencyOf, distributedLimit, inlineLimit, toleratedOf } from './states/mapLimits.ts';

interface Given {
  failedIterations: number;
  /** What the ItemReader finds, as it stands in its source. */
  itemReaderData: string | undefined;
}

/** A storage that holds nothing but the given data, wherever it is asked for. */
const storageOf = (data: string): Storage => ({
  async *read() {
    yield new TextEncoder().encode(data);
  },
  parts() {
    const bytes = new TextEncoder().encode(data);
    const part = (start: number, end: number) => Promise.resolve(bytes.subarray(start, end));
    return Promise.resolve({ byteLength: bytes.length, part });
  },
  async *list() {
    const listed = JSON.parse(data) as Json;
    const objects = isObject(listed) ? listed['Contents'] : listed;
    if (Array.isArray(objects)) yield* objects.filter(isObject);
  },
  write: () => Promise.resolve(),
});

const readFrom = async (data: string, order: ReaderOrder): Promise<ReadItem[]> => {
  try {
    const items: ReadItem[] = [];
    for await (const item of readItems(storageOf(data), order)) items.push(item);
    return items;
  } catch (error) {
    throw new StatesError('States.ItemReaderFailed', error instanceof Error ? error.message : String(error));
  }
};

/** The items with what the Context Object says of them; undefined when the trial does not say what the reader reads. */
function* itemsOfTrial(run: Run, thread: Thread, state: StateDefinition, data: string | undefined) {
  if (state['ItemReader'] === undefined) {
    const values = yield* itemsOf(run, thread, state);
    if (!usesJsonata(run, state) && state['ItemsPath'] !== undefined) run.trial?.see('afterItemsPath', values);
    return values.map((Value, Index) => ({ Index, Value }));
  }
  const order = yield* readerOf(run, thread, state);
  if (!order || data === undefined) return undefined;
  const read = yield* wait(readFrom(data, order));
  if (member(order.config, 'ItemsPointer') !== undefined) {
    run.trial?.see(
      'afterItemsPointer',
      read.map(({ key, value }) => (key === undefined ? value : { Key: key, Value: value })),
    );
  }
  return read.map((item, index) => mapItem(index, item));
}

function* inputsOf(run: Run, thread: Thread, state: StateDefinition, data: string | undefined) {
  const items = yield* itemsOfTrial(run, thread, state, data);
  if (!items) return undefined;
  const inputs: Json[] = [];
  for (const item of items) inputs.push(yield* inputOf(run, thread, state, item));
  if ((state['ItemSelector'] ?? state['Parameters']) !== undefined) run.trial?.see('afterItemSelector', inputs);
  const batcher = yield* batcherOf(run, thread, state);
  if (!batcher) return inputs.length;
  const batches = batched(inputs, batcher);
  run.trial?.see(
    'afterItemBatcher',
    batches.map(({ input }) => input),
  );
  return batches.length;
}

/** `mocked` is the result of all iterations, or throws the error the state is to fail with. */
export function* tryMap(
  run: Run,
  thread: Thread,
  state: StateDefinition,
  { failedIterations, itemReaderData }: Given,
  mocked: () => Json,
): Later<Exit> {
  const counted = yield* inputsOf(run, thread, state, itemReaderData);
  yield* concurrencyOf(run, thread, state, isDistributed(state) ? distributedLimit : inlineLimit);
  const tolerated = yield* toleratedOf(run, thread, state);
  const result = mocked();
  const iterations = counted ?? (Array.isArray(result) ? result.length : 0);
  if (tolerated) {
    const { count, percentage } = tolerated;
    const most = Math.max(count ?? 0, ((percentage ?? 0) / 100) * iterations);
    if (failedIterations > most) {
      throw new StatesError(
        'States.ExceedToleratedFailureThreshold',
        'The specified tolerated failure threshold was exceeded',
      );
    }
  }
  return yield* exitWith(run, thread, state, result);
}
