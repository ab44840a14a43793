/**
 * Map runs: what runMap.ts needs of the runtime, and what the API tells of them. Children are executions in the journal like any
 * other; a run's record says when it began and how it ended; the inputs of a run that read from S3 are kept in a file, so that
 * the objects may change while it is interrupted.
 */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { World as EngineWorld } from '../../asl/engine.ts';
import type { Execution, Identity, TaskCommand } from '../../asl/execution.ts';
import type { Json, JsonObject } from '../../asl/json.ts';
import { machineInside, type Machine } from '../../asl/machine.ts';
import type { ChildInput } from '../../asl/mapRun/batch.ts';
import type { MapRunLimits, MapRunOrder } from '../../asl/mapRun/order.ts';
import type { Storage } from '../../asl/mapRun/read.ts';
import type { ChildEnd } from '../../asl/mapRun/results.ts';
import {
  newProgress,
  runMap,
  type Child,
  type Counts,
  type MapRunWorld,
  type Progress,
} from '../../asl/mapRun/runMap.ts';
import type { Table } from '../../journal/store.ts';
import { AwsError, type Principal, type World } from '../../operation.ts';
import { describedExecution } from './describedExecution.ts';
import type { Summary } from './executionLog.ts';
import { sdkError } from './integrations/serviceErrors.ts';
import type { Machines } from './machines.ts';
import { machinePrincipal } from './principal.ts';
import type { StatesState } from './statesState.ts';

export interface MapRunRecord {
  arn: string;
  executionArn: string;
  stateMachineArn: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  /** Epoch milliseconds. */
  started: number;
  stopped?: number;
  limits: MapRunLimits;
  items: Counts;
  executions: Counts;
}

export interface MapRuns {
  perform: EngineWorld['perform'];
  records: Table<MapRunRecord>;
  /** Runs under way, by ARN. */
  progress: ReadonlyMap<string, Progress>;
  /** Ends children whose run ended while nobody could tell them. */
  settle(): Promise<void>;
}

/** The objects of S3 as a role sees them. */
const storageOf = (world: World, principal: Principal): Storage => {
  const call = async (operation: string, input: unknown) => {
    try {
      return await world.call(principal, 's3', operation, input);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new Error(sdkError('s3', error, world.ids.uuid()).explanation, { cause: error });
    }
  };
  return {
    async read({ bucket, key, versionId }) {
      const input = { Bucket: bucket, Key: key, ...(versionId !== undefined && { VersionId: versionId }) };
      const { Body } = (await call('GetObject', input)) as { Body: AsyncIterable<Uint8Array> };
      const chunks: Uint8Array[] = [];
      for await (const chunk of Body) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    async *list(parameters) {
      let more: string | undefined;
      do {
        const page = (await call('ListObjectsV2', {
          ...parameters,
          ...(more !== undefined && { ContinuationToken: more }),
        })) as {
          Contents?: { Key: string; ETag: string; Size: number; StorageClass: string; LastModified: number | string }[];
          NextContinuationToken?: string;
        };
        for (const { Key, ETag, Size, StorageClass, LastModified } of page.Contents ?? []) {
          const at = typeof LastModified === 'number' ? LastModified : Date.parse(LastModified) / 1000;
          const object: JsonObject = { Etag: ETag, Key, LastModified: Math.floor(at), Size, StorageClass };
          yield object;
        }
        more = page.NextContinuationToken;
      } while (more !== undefined);
    },
    async write({ bucket, key }, text, contentType) {
      await call('PutObject', {
        Bucket: bucket,
        Key: key,
        Body: new TextEncoder().encode(text),
        ContentType: contentType,
      });
    },
  };
};

const keptInputs = (folder: string, order: MapRunOrder) => {
  const path = join(folder, `${order.name}.json`);
  return {
    path,
    async kept(): Promise<ChildInput[] | undefined> {
      if (!order.reader) return undefined;
      try {
        return JSON.parse(await readFile(path, 'utf8')) as ChildInput[];
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async keep(inputs: readonly ChildInput[]) {
      if (!order.reader) return;
      await mkdir(folder, { recursive: true });
      const file = await open(`${path}.new`, 'w');
      try {
        await file.writeFile(JSON.stringify(inputs));
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
    },
  };
};

const parsed = (text: string | undefined): Json | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as Json);

/** What an execution runs: its machine, or the states inside a distributed Map. */
export const executedBy = (
  machines: Machines,
  { definition, mapRun }: Pick<Summary, 'definition' | 'mapRun'>,
): Machine => {
  const machine = machines.machineOf(definition);
  return mapRun ? machineInside(machine, mapRun.scope) : machine;
};

export const openMapRuns = (world: World, state: StatesState): MapRuns => {
  const records = world.store.table<MapRunRecord>('states.mapRuns');
  const progress = new Map<string, Progress>();
  const folder = join(world.dataDir, 'states', 'mapRuns');

  const start = async (parent: Summary, order: MapRunOrder, { input, seed, ...named }: Child) => {
    const { executions, engine, machines } = state;
    const identity: Identity = { ...parent.identity, ...named, type: order.type };
    const { definition, origin } = parent;
    const mapRun = { arn: order.arn, scope: `${parent.mapRun?.scope ?? ''}${order.scope}`, label: order.label };
    const begun = { identity, definition, origin, mapRun };
    const summary = executions.begin(begun, world.clock.now());
    const { taken } = engine.start(executedBy(machines, begun), identity, input, seed);
    state.starting.set(identity.arn, taken);
    await taken.finally(() => state.starting.delete(identity.arn));
    await executions.flushed();
    if (order.type === 'STANDARD') state.tell(summary);
    return summary;
  };

  const carryOut = async (parent: Summary, order: MapRunOrder, child: Child): Promise<ChildEnd> => {
    const { arn, name, machineArn, input } = child;
    const summary = state.executions.summaries.get(arn) ?? (await start(parent, order, child));
    await new Promise<void>((resolve) => state.onClosed(arn, resolve));
    await state.executions.flushed();
    const { output, error, cause } = await describedExecution(state.executions, summary);
    const { status, startedAt, stoppedAt } = summary;
    return {
      arn,
      name,
      machineArn,
      input,
      output: parsed(output),
      error,
      cause,
      startedAt,
      stoppedAt,
      status: status as ChildEnd['status'],
    };
  };

  const run = async (
    parent: Summary,
    order: MapRunOrder,
    site: { execution: Execution; task: TaskCommand },
    signal: AbortSignal,
  ) => {
    const { arn: executionArn, machineArn } = parent.identity;
    const before = records.get(order.arn);
    const started = before?.started ?? world.clock.now();
    const live = newProgress(before?.limits ?? order.limits);
    progress.set(order.arn, live);
    const record = (status: MapRunRecord['status']): MapRunRecord => ({
      arn: order.arn,
      executionArn,
      stateMachineArn: machineArn,
      started,
      limits: live.limits,
      items: live.items,
      executions: live.executions,
      status,
      ...(status !== 'RUNNING' && { stopped: world.clock.now() }),
    });
    records.set(order.arn, record('RUNNING'));
    await world.store.flushed();
    const inputs = keptInputs(folder, order);
    const surroundings: MapRunWorld = {
      ...storageOf(world, machinePrincipal(world, parent.identity, parent.identity.roleArn)),
      kept: () => inputs.kept(),
      keep: (read) => inputs.keep(read),
      carryOut: (child) => carryOut(parent, order, child),
      stop: (child) => void state.engine.stop(child.arn),
    };
    const machine = executedBy(state.machines, parent);
    try {
      const outcome = await runMap({ machine, ...site }, order, live, surroundings, signal);
      records.set(
        order.arn,
        record(signal.aborted ? 'ABORTED' : outcome.kind === 'succeeded' ? 'SUCCEEDED' : 'FAILED'),
      );
      await world.store.flushed();
      state.onClosed(executionArn, () => {
        rm(inputs.path, { force: true }).catch((error: unknown) =>
          world.log('warn', 'the inputs of a map run could not be removed', { error: String(error) }),
        );
      });
      return outcome;
    } finally {
      progress.delete(order.arn);
    }
  };

  return {
    records,
    progress,
    perform(task, execution, tell, signal) {
      const parent = state.executions.summaries.get(execution.identity.arn);
      const order = task.mapRun;
      if (!parent || !order) return;
      run(parent, order, { execution, task }, signal)
        .then(tell)
        .catch((error: unknown) => {
          world.log('error', 'a map run met a fault of the runtime', { mapRun: order.arn, error: String(error) });
          tell({
            kind: 'failed',
            error: 'States.Runtime',
            cause: error instanceof Error ? error.message : String(error),
          });
        });
    },
    async settle() {
      for (const { identity, status, mapRun } of state.executions.summaries.values()) {
        if (status !== 'RUNNING' || !mapRun) continue;
        const parent = records.get(mapRun.arn)?.executionArn;
        if (state.executions.summaries.get(parent ?? '')?.status !== 'RUNNING') await state.engine.stop(identity.arn);
      }
      for (const record of records.values()) {
        if (record.status !== 'RUNNING') continue;
        if (state.executions.summaries.get(record.executionArn)?.status !== 'RUNNING')
          records.set(record.arn, { ...record, status: 'ABORTED', stopped: world.clock.now() });
      }
    },
  };
};

/** Throws InvalidArn or ResourceNotFound. */
export const findMapRun = (state: StatesState, arn: string): MapRunRecord => {
  if (!/^arn:aws:states:[a-z0-9-]+:\d{12}:mapRun:[^:]+:[^:]+$/.test(arn))
    throw new AwsError(
      'InvalidArn',
      `Invalid Arn: 'Resource type not valid in this context: ${arn.split(':')[5] ?? arn}'`,
    );
  const record = state.mapRuns.records.get(arn);
  if (!record) throw new AwsError('ResourceNotFound', `Map Run Does Not Exist: '${arn}'`, 400, { resourceName: arn });
  return record;
};
