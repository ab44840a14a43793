/**
 * Distributed Map: its items are worked on by child executions of their own, together a map run. To this execution the run is
 * one task; everything that depends on the state's data is worked out here, before it begins.
 */
import type { Answer } from '../answer.ts';
import { runtimeError, StatesError } from '../errors.ts';
import type { Thread } from '../execution.ts';
import { exitWith, fill, rootsOf, selectPath, usesJsonata } from '../fields.ts';
import { record, write } from '../history.ts';
import { isObject, payloadLimit, shown, type Json, type JsonObject } from '../json.ts';
import type { Later } from '../later.ts';
import { processorOf, type StateDefinition } from '../machine.ts';
import type { BatcherOrder, MapRunOrder, ReaderOrder, WriterOrder } from '../mapRun/order.ts';
import { nextUuid } from '../random.ts';
import { issue, type Exit, type Run } from '../run.ts';
import { fillPaths } from '../template.ts';
import { collectionOf } from './mapItems.ts';
import { concurrencyOf, limitOf, toleratedOf } from './mapLimits.ts';

const configOf = (state: StateDefinition): JsonObject => {
  const config = processorOf(state)?.['ProcessorConfig'];
  return isObject(config) ? config : {};
};

export const isDistributed = (state: StateDefinition) => configOf(state)['Mode'] === 'DISTRIBUTED';

/** The most items that are read. */
const mostItems = 100_000_000;

/** Parameters or Arguments of ItemReader and ResultWriter, BatchInput of ItemBatcher. */
function* filled(run: Run, thread: Thread, state: StateDefinition, template: Json, field: string): Later<Json> {
  if (usesJsonata(run, state)) return yield* fill(run, thread, template, field);
  const input = selectPath(state['InputPath'], rootsOf(run, thread, thread.input));
  return fillPaths(template, rootsOf(run, thread, input), run.execution.random);
}

function* argumentsOf(run: Run, thread: Thread, state: StateDefinition, of: JsonObject, field: string) {
  const name = usesJsonata(run, state) ? 'Arguments' : 'Parameters';
  const value = yield* filled(run, thread, state, of[name] ?? {}, `${field}/${name}`);
  return isObject(value) ? value : {};
}

/** What an ItemReader is to read. */
export function* readerOf(run: Run, thread: Thread, state: StateDefinition): Later<ReaderOrder | undefined> {
  const reader = state['ItemReader'];
  if (!isObject(reader)) return undefined;
  const config = isObject(reader['ReaderConfig']) ? reader['ReaderConfig'] : {};
  const maxItems = (yield* limitOf(run, thread, { ...state, ...config }, 'MaxItems', true)) ?? 0;
  return {
    action: shown(reader['Resource']).split(':').slice(-1).join(),
    parameters: yield* argumentsOf(run, thread, state, reader, 'ItemReader'),
    config,
    maxItems: Math.min(maxItems, mostItems),
  };
}

/** What an ItemBatcher is to do. */
export function* batcherOf(run: Run, thread: Thread, state: StateDefinition): Later<BatcherOrder | undefined> {
  const batcher = state['ItemBatcher'];
  if (!isObject(batcher)) return undefined;
  const limit = function* (field: string) {
    const value = yield* limitOf(run, thread, { ...state, ...batcher }, field, true);
    if (value !== undefined && value < 0) throw runtimeError(`${field} cannot be negative.`);
    return value ?? 0;
  };
  const maxItems = yield* limit('MaxItemsPerBatch');
  const maxBytes = yield* limit('MaxInputBytesPerBatch');
  const template = batcher['BatchInput'];
  return {
    maxItems,
    maxBytes: Math.min(maxBytes || payloadLimit, payloadLimit),
    input: template === undefined ? undefined : yield* filled(run, thread, state, template, 'ItemBatcher/BatchInput'),
  };
}

function* writerOf(run: Run, thread: Thread, state: StateDefinition): Later<WriterOrder | undefined> {
  const writer = state['ResultWriter'];
  if (!isObject(writer)) return undefined;
  const { Bucket: bucket, Prefix: prefix } = yield* argumentsOf(run, thread, state, writer, 'ResultWriter');
  const config = isObject(writer['WriterConfig']) ? writer['WriterConfig'] : {};
  const destination =
    typeof bucket === 'string' ? { bucket, prefix: typeof prefix === 'string' ? prefix : '' } : undefined;
  const asked = config['Transformation'];
  return {
    destination,
    lines: config['OutputType'] === 'JSONL',
    transformation:
      asked === 'COMPACT' || asked === 'FLATTEN' || asked === 'NONE' ? asked : destination ? 'NONE' : 'COMPACT',
  };
}

export function* beginDistributed(run: Run, thread: Thread, state: StateDefinition): Later<undefined> {
  const { execution } = run;
  const { region, accountId, machineName } = execution.identity;
  thread.mapRun = undefined;
  const collection = state['ItemReader'] === undefined ? yield* collectionOf(run, thread, state, true) : undefined;
  const items = collection && (Array.isArray(collection) ? collection : Object.values(collection));
  const atOnce = yield* concurrencyOf(run, thread, state, Infinity);
  // What is read from S3 is not counted yet.
  record(run, thread, 'MapStateStarted', { length: items?.length ?? 0 });
  const tolerated = yield* toleratedOf(run, thread, state);
  const reader = yield* readerOf(run, thread, state);
  const batcher = yield* batcherOf(run, thread, state);
  const writer = yield* writerOf(run, thread, state);
  const name = nextUuid(execution.random);
  const label = typeof state['Label'] === 'string' ? state['Label'] : nextUuid(execution.random);
  const arn = `arn:aws:states:${region}:${accountId}:mapRun:${machineName.split('/')[0]}/${label}:${name}`;
  const mapRun: MapRunOrder = {
    arn,
    name,
    label,
    scope: `${thread.scope}/${thread.state}/ItemProcessor`,
    type: configOf(state)['ExecutionType'] === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
    items,
    ...(isObject(collection) && { keys: Object.keys(collection) }),
    reader,
    batcher,
    writer,
    limits: {
      maxConcurrency: Number.isFinite(atOnce) ? atOnce : 0,
      toleratedFailureCount: tolerated?.count ?? 0,
      toleratedFailurePercentage: tolerated?.percentage ?? 0,
    },
  };
  begin(run, thread, record(run, thread, 'MapRunStarted', { mapRunArn: arn }), mapRun);
  return undefined;
}

/** Redrives of one map run. */
const mostRedrives = 1000;

/** Goes on with a run that did not end well: what its state's data came to stays as it was. */
export const redriveDistributed = (run: Run, thread: Thread, before: MapRunOrder): undefined => {
  const count = (before.redrive?.count ?? 0) + 1;
  if (count > mostRedrives)
    throw runtimeError(`The Map Run has reached the maximum number of redrives (${mostRedrives}).`);
  const id = record(run, thread, 'MapRunRedriven', { mapRunArn: before.arn, redriveCount: count });
  begin(run, thread, id, { ...before, redrive: { count, at: run.now } });
};

const begin = (run: Run, thread: Thread, id: number, mapRun: MapRunOrder) => {
  thread.mapRun = mapRun;
  issue(run, {
    kind: 'task',
    id,
    thread: thread.id,
    state: thread.state,
    resource: mapRun.arn,
    input: null,
    token: undefined,
    deadline: undefined,
    heartbeatSeconds: undefined,
    roleArn: undefined,
    mapRun,
  });
};

export function* resumeDistributed(run: Run, thread: Thread, state: StateDefinition, answer: Answer): Later<Exit> {
  if (answer.kind === 'succeeded') {
    // Whatever fails from here on is not the run's fault: a redrive begins another one, as on AWS.
    thread.mapRun = undefined;
    const succeeded = write(run, thread.last, 'MapRunSucceeded');
    write(run, succeeded, 'MapStateSucceeded');
    return yield* exitWith(run, thread, state, answer.output);
  }
  if (answer.kind !== 'failed') throw new Error(`A map run is not answered by '${answer.kind}'`);
  const { error, cause } = answer;
  if (error === 'States.DataLimitExceeded') thread.mapRun = undefined;
  record(run, thread, 'MapRunFailed', { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) });
  throw new StatesError(error, cause);
}
