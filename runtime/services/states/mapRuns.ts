/**
 * Map runs: what runMap.ts needs of the runtime, and what the API tells of them. A run's record says when it began, was redriven
 * and ended.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { World as EngineWorld } from '../../asl/engine.ts';
import type { Execution, TaskCommand } from '../../asl/execution.ts';
import type { Entry } from '../../asl/journal.ts';
import type { MapRunLimits, MapRunOrder } from '../../asl/mapRun/order.ts';
import { newProgress, runMap, type Counts, type MapRunWorld, type Progress } from '../../asl/mapRun/runMap.ts';
import type { Table } from '../../journal/store.ts';
import { AwsError, type World } from '../../operation.ts';
import type { Summary } from './executionLog.ts';
import { childrenOf, executedBy, keep } from './mapRunChildren.ts';
import { keptInputs } from './mapRunInputs.ts';
import { storageOf } from './mapRunStorage.ts';
import { machinePrincipal } from './principal.ts';
import { redrivableOf } from './redrives.ts';
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
  redrives?: { count: number; at: number };
}

export interface MapRuns {
  perform: EngineWorld['perform'];
  records: Table<MapRunRecord>;
  /** Runs under way, by ARN. */
  progress: ReadonlyMap<string, Progress>;
  /** The execution a map run belongs to. */
  ownerOf(arn: string): string | undefined;
  /** Forgets the map runs of these executions. */
  forgotten(executions: ReadonlySet<string>): void;
  /** Ends children whose run ended while nobody could tell them. */
  settle(): Promise<void>;
}

export const openMapRuns = (world: World, state: StatesState): MapRuns => {
  const records = world.store.table<MapRunRecord>('states.mapRuns');
  const progress = new Map<string, Progress>();
  const underWay = new Map<string, Promise<unknown>>();
  const folder = join(world.dataDir, 'states', 'mapRuns');

  const fileOf = (mapRunArn: string) => `${mapRunArn.split(':').at(-1)}.jsonl`;
  const removeInputs = (mapRunArn: string) => {
    rm(join(folder, fileOf(mapRunArn)), { force: true }).catch((error: unknown) =>
      world.log('warn', 'the inputs of a map run could not be removed', { error: String(error) }),
    );
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
      ...(order.redrive && { redrives: order.redrive }),
      ...(status !== 'RUNNING' && { stopped: world.clock.now() }),
    });
    records.set(order.arn, record('RUNNING'));
    await world.store.flushed();
    const inputs = keptInputs(folder, order);
    const surroundings: MapRunWorld = {
      ...storageOf(world, machinePrincipal(world, parent.identity, parent.identity.roleArn)),
      kept: () => inputs.kept(),
      keep: (read) => inputs.keep(read),
      ...childrenOf(world, state, parent, order),
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
        if (parent.status === 'SUCCEEDED') removeInputs(order.arn);
      });
      return outcome;
    } finally {
      progress.delete(order.arn);
    }
  };

  /** What the journal says of an Express child that died with the process after its parent had ended. */
  const abortedNow = (): Entry => {
    const at = world.clock.now();
    const event = { id: 0, previousEventId: 0, timestamp: at, type: 'ExecutionAborted' };
    return { event: { kind: 'stopped', at }, history: [event] };
  };

  /** An attempt waits until the one before has stopped its children and written its results. */
  const inTurn = (order: MapRunOrder, begin: () => ReturnType<typeof run>) => {
    const turn = (underWay.get(order.arn) ?? Promise.resolve()).catch(() => undefined).then(begin);
    const done = turn
      .catch(() => undefined)
      .finally(() => {
        if (underWay.get(order.arn) === done) underWay.delete(order.arn);
      });
    underWay.set(order.arn, done);
    return turn;
  };

  /** Removes the inputs of runs that no redrive can need any more. */
  const discardInputs = async () => {
    const files = new Set(await readdir(folder).catch(() => []));
    for (const { arn, executionArn } of records.values()) {
      const file = fileOf(arn);
      const summary = files.has(file) ? state.executions.summaries.get(executionArn) : undefined;
      if (!files.has(file) || summary?.status === 'RUNNING') continue;
      const needed = summary && redrivableOf(summary, world.clock.now()).redriveStatusReason === undefined;
      if (!needed) await rm(join(folder, file), { force: true });
    }
  };

  return {
    records,
    progress,
    perform(task, execution, tell, signal) {
      const parent = state.executions.summaries.get(execution.identity.arn);
      const order = task.mapRun;
      if (!parent || !order) return;
      inTurn(order, () => run(parent, order, { execution, task }, signal))
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
    ownerOf: (arn) => records.get(arn)?.executionArn,
    forgotten(executions) {
      for (const { arn, executionArn } of records.values()) {
        if (!executions.has(executionArn)) continue;
        records.delete(arn);
        removeInputs(arn);
      }
    },
    async settle() {
      for (const { identity, status, mapRun } of state.executions.summaries.open()) {
        if (status !== 'RUNNING' || !mapRun) continue;
        const parent = records.get(mapRun.arn)?.executionArn;
        if (state.executions.summaries.get(parent ?? '')?.status === 'RUNNING') continue;
        if (identity.type === 'STANDARD') await state.engine.stop(identity.arn);
        else keep(state.executions, identity.arn, abortedNow());
      }
      for (const record of records.values()) {
        if (record.status !== 'RUNNING') continue;
        if (state.executions.summaries.get(record.executionArn)?.status !== 'RUNNING')
          records.set(record.arn, { ...record, status: 'ABORTED', stopped: world.clock.now() });
      }
      await discardInputs();
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
