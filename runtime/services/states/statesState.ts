/** What the operations of Step Functions share: machines, executions, the engine that keeps them going. */
import { join } from 'node:path';
import { createEngine, type Engine, type World as EngineWorld } from '../../asl/engine.ts';
import type { Execution } from '../../asl/execution.ts';
import { both, collected, type Entry, type Journal } from '../../asl/journal.ts';
import { reached } from '../../crashPoints.ts';
import { AwsError, type World } from '../../operation.ts';
import { openActivities, type Activities } from './activities.ts';
import { openExecutionLog, type ExecutionLog, type Summary } from './executionLog.ts';
import { measureEnd, measureStart } from './executionMetrics.ts';
import { openExpress, type Express } from './express.ts';
import { performer } from './integrations/index.ts';
import { openLogDelivery, type LogDelivery } from './logDelivery.ts';
import { openMachines, type Machines } from './machines.ts';
import { executedBy } from './mapRunChildren.ts';
import { openMapRuns, type MapRuns } from './mapRuns.ts';
import { checkArn } from './names.ts';
import { openRetention } from './retention.ts';
import { statusEvent } from './statusEvent.ts';

export interface StatesState {
  machines: Machines;
  readonly mapRuns: MapRuns;
  activities: Activities;
  /** Set by `start`: nothing is answered before. */
  readonly executions: ExecutionLog;
  readonly engine: Engine;
  /** Express executions, which no journal knows. */
  readonly express: Express;
  /** Calls back once an execution has closed, at once if it already has. */
  onClosed(arn: string, listener: () => void): () => void;
  /** Marks the execution that a task is about to start as that task's own; see startExecution.ts. */
  claims: Map<string, string>;
  /** Starts that are not in the journal yet, by ARN. */
  starting: Map<string, Promise<void>>;
  /** Tells the bus what it has not been told of an execution. */
  tell(summary: Summary): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const opened = <T>(it: T | undefined): T => {
  if (it === undefined) throw new AwsError('ServiceUnavailable', 'Step Functions has not started yet', 503);
  return it;
};

/** Throws InvalidArn or ExecutionDoesNotExist. */
export const findExecution = (
  state: StatesState,
  arn: string,
  kind: 'execution' | 'described' = 'execution',
): Summary => {
  const summary = state.executions.summaries.get(checkArn(arn, kind));
  if (!summary) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  return summary;
};

export const openStates = (world: World): StatesState => {
  const listeners = new Map<string, Set<() => void>>();
  const telling = new Map<string, Promise<void>>();
  let executions: ExecutionLog | undefined;
  let engine: Engine | undefined;
  let express: Express | undefined;
  let logDelivery: LogDelivery | undefined;
  let mapRuns: MapRuns | undefined;
  let endRetention: (() => void) | undefined;
  let stopped = false;

  const closed = (execution: Execution) => {
    const { arn } = execution.identity;
    const summary = executions?.summaries.get(arn);
    if (summary && summary.identity.type === 'STANDARD') state.tell(summary);
    const waiting = listeners.get(arn);
    listeners.delete(arn);
    for (const listener of waiting ?? []) listener();
  };

  /** Status events go out one after the other; a crash in between repeats one and loses none. */
  const tellAll = async (arn: string) => {
    const log = opened(executions);
    const due = () => {
      const summary = log.summaries.get(arn);
      if (!summary || stopped) return undefined;
      const all = 2 * summary.redrives.length + (summary.status === 'RUNNING' ? 1 : 2);
      return summary.told < all ? summary : undefined;
    };
    for (let summary = due(); summary; summary = due()) {
      const count = summary.told;
      const { machineArn } = summary.identity;
      if (count % 2 === 0) measureStart(world, machineArn, count > 0);
      else measureEnd(world, machineArn, summary);
      await world.emit(await statusEvent(log, summary, count % 2 === 0));
      reached('event.emitted');
      log.told(summary, count + 1);
    }
  };

  /** One execution that cannot go on must not keep the others from it. */
  const resumed = async (engine: Engine, log: ExecutionLog, summary: Summary) => {
    const { identity } = summary;
    try {
      await engine.resume(executedBy(state.machines, summary), identity, log.entries(identity.arn));
    } catch (error) {
      world.log('error', 'an execution could not be resumed', { arn: identity.arn, error: String(error) });
    }
  };

  const state: StatesState = {
    machines: openMachines(world),
    activities: openActivities(world),
    claims: new Map(),
    starting: new Map(),
    get executions() {
      return opened(executions);
    },
    get mapRuns() {
      return opened(mapRuns);
    },
    get engine() {
      return opened(engine);
    },
    get express() {
      return opened(express);
    },
    onClosed(arn, listener) {
      if (executions?.summaries.get(arn)?.status !== 'RUNNING') {
        queueMicrotask(listener);
        return () => undefined;
      }
      const waiting = listeners.get(arn) ?? new Set();
      listeners.set(arn, waiting.add(listener));
      return () => void waiting.delete(listener);
    },
    tell(summary) {
      const { arn } = summary.identity;
      const before = telling.get(arn) ?? Promise.resolve();
      const now = before
        .then(() => tellAll(arn))
        .catch((error: unknown) =>
          world.log('error', 'a status event could not be sent', { arn, error: String(error) }),
        )
        .finally(() => {
          if (telling.get(arn) === now) telling.delete(arn);
        });
      telling.set(arn, now);
    },
    async start() {
      const log = await openExecutionLog(join(world.dataDir, 'states'), (error) =>
        world.log('warn', 'space of the journal could not be given back', { error: String(error) }),
      );
      executions = log;
      const runs = openMapRuns(world, state);
      mapRuns = runs;
      endRetention = openRetention(world.clock, log, runs);
      const used = log.summaries.definitions();
      for (const { definition } of world.store.table<{ definition: string }>('states.express').values())
        used.add(definition);
      state.machines.discard(used);
      const carriedOut: Pick<EngineWorld, 'perform' | 'exists' | 'report'> = {
        perform: performer(world, state),
        exists: (arn) => state.activities.records.has(arn),
        report: (error, { identity }) =>
          world.log('error', 'an execution met a fault of the engine', {
            arn: identity.arn,
            error: error instanceof Error ? (error.stack ?? error.message) : String(error),
          }),
      };
      const logs = openLogDelivery(world, () => log.flushed());
      logDelivery = logs;
      const journal: Journal = {
        ...log,
        open(arn, at) {
          const entry = log.open(arn, at);
          const summary = log.summaries.get(arn);
          const logging = summary?.origin?.logging;
          if (!logging) return entry;
          const note = (it: Entry) => logs.note(summary.identity, logging, it, summary.redrives.length);
          return both(entry, collected(at, note));
        },
      };
      engine = createEngine({ ...carriedOut, clock: world.clock, journal, closed });
      express = openExpress(world, state.machines, carriedOut, (identity, logging, entry) =>
        logs.note(identity, logging, entry, 0),
      );
      express.start();
      // As of now: what these start meanwhile goes on by itself.
      for (const summary of log.summaries.open()) {
        // An Express child begins again when its map run asks for it.
        if (summary.status === 'RUNNING' && summary.identity.type === 'STANDARD') await resumed(engine, log, summary);
        if (summary.identity.type === 'STANDARD') state.tell(summary);
      }
      await runs.settle();
    },
    async stop() {
      stopped = true;
      endRetention?.();
      state.activities.close();
      engine?.close();
      await engine?.idle();
      await express?.close();
      await Promise.all(telling.values());
      await logDelivery?.delivered();
      await executions?.close();
    },
  };
  return state;
};
