/**
 * The children of map runs: Standard ones are executions in the journal like any other, of Express ones it keeps the two ends. Which attempt at the run began or redrove a child is
 * written with it, so that an attempt that goes on after a crash redrives none twice.
 */
import type { Identity } from '../../asl/execution.ts';
import { StatesError } from '../../asl/errors.ts';
import type { Entry } from '../../asl/journal.ts';
import type { Json } from '../../asl/json.ts';
import { machineInside, type Machine } from '../../asl/machine.ts';
import type { MapRunOrder } from '../../asl/mapRun/order.ts';
import type { ChildEnd } from '../../asl/mapRun/results.ts';
import type { Child, MapRunWorld } from '../../asl/mapRun/runMap.ts';
import { AwsError, type World } from '../../operation.ts';
import { describedExecution } from './describedExecution.ts';
import type { ExecutionLog, Summary } from './executionLog.ts';
import type { Machines } from './machines.ts';
import { machinePrincipal } from './principal.ts';
import { obstacle, redrivesToldOf } from './redrives.ts';
import type { StatesState } from './statesState.ts';

/** What an execution runs: its machine, or the states inside a distributed Map. */
export const executedBy = (
  machines: Machines,
  { definition, mapRun }: Pick<Summary, 'definition' | 'mapRun'>,
): Machine => {
  const machine = machines.machineOf(definition);
  return mapRun ? machineInside(machine, mapRun.scope) : machine;
};

const parsed = (text: string | undefined): Json | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as Json);

const tokenOf = (attempt: number) => `attempt ${attempt}`;

/** The attempt at its run in which a child was last begun or redriven: 0 is the first. */
const attemptOf = ({ redrives, mapRun }: Summary): number =>
  redrives.length > 0 ? Number(/\d+$/.exec(redrives.at(-1)?.token ?? '')?.[0] ?? 0) : (mapRun?.attempt ?? 0);

/** How an execution that has closed ended, as a map run sees it. */
const endOf = async ({ executions }: StatesState, summary: Summary, { arn, name, machineArn, input }: Child) => {
  const { output, error, cause } = await describedExecution(executions, summary);
  const { status, startedAt, stoppedAt } = summary;
  const end: ChildEnd = {
    arn,
    name,
    machineArn,
    input,
    output: parsed(output),
    error,
    cause,
    startedAt,
    stoppedAt,
    redrives: redrivesToldOf(summary).map(({ at }) => at),
    status: status as ChildEnd['status'],
  };
  return end;
};

/** Writes an entry of an execution that no engine of the journal's carries out. */
export const keep = (executions: ExecutionLog, arn: string, { event, history }: Entry) => {
  const entry = executions.open(arn, event.at);
  for (const { id, previousEventId, type, details } of history) entry.add(id, previousEventId, type, details);
  entry.keep(event);
};

/** What the journal keeps of an Express child: its beginning and its end, without what happened between. */
const ends = ({ event, history }: Entry): Entry | undefined => {
  const last = history.at(-1);
  const closes = last !== undefined && last.type !== 'ExecutionStarted' && last.type.startsWith('Execution');
  if (event.kind !== 'started') return closes ? { event, history: [last] } : undefined;
  return { event, history: closes ? [...history.slice(0, 1), last] : history.slice(0, 1) };
};

/** Starts, redrives and stops the children of one run. */
export const childrenOf = (
  world: World,
  state: StatesState,
  parent: Summary,
  order: MapRunOrder,
): Pick<MapRunWorld, 'authorize' | 'standing' | 'carryOut' | 'endOf' | 'stop'> => {
  const attempt = order.redrive?.count ?? 0;
  const { identity: of } = parent;

  const authorize = (action: string, resource: string) => {
    try {
      world.authorize(machinePrincipal(world, of, of.roleArn), 'states', [{ action, resource }]);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new StatesError('States.Permissions', error.message);
    }
  };

  const begin = ({ arn, name, machineArn, machineName, items }: Child) => {
    const identity: Identity = { ...parent.identity, arn, name, machineArn, machineName, type: order.type };
    const { definition, origin } = parent;
    const scope = `${parent.mapRun?.scope ?? ''}${order.scope}`;
    const mapRun = { arn: order.arn, scope, label: order.label, items, attempt };
    return state.executions.begin({ identity, definition, origin, mapRun }, world.clock.now());
  };

  const start = async (child: Child) => {
    const { executions, engine, machines, starting } = state;
    const summary = begin(child);
    const { taken } = engine.start(executedBy(machines, summary), summary.identity, child.input, child.seed);
    starting.set(child.arn, taken);
    await taken.finally(() => starting.delete(child.arn));
    await executions.flushed();
    state.tell(summary);
    return summary;
  };

  const redrive = async (summary: Summary) => {
    const { executions, engine, machines } = state;
    const { identity } = summary;
    const entries = executions.entries(identity.arn);
    await engine.redrive(executedBy(machines, summary), identity, entries, tokenOf(attempt));
    await executions.flushed();
    state.tell(summary);
  };

  /** An Express child that did not end, or is redriven, begins anew under its ARN. */
  const express = async (child: Child, known: Summary | undefined, again: boolean) => {
    const { executions, machines } = state;
    if (known && again) {
      keep(executions, child.arn, {
        event: { kind: 'redriven', at: world.clock.now(), token: tokenOf(attempt) },
        history: [],
      });
    }
    const summary = summaryOf(child) ?? begin(child);
    if (summary.status === 'RUNNING') {
      await state.express.runChild({
        machine: executedBy(machines, summary),
        identity: summary.identity,
        logging: parent.origin?.logging,
        input: child.input,
        seed: again ? `${child.seed} ${attempt}` : child.seed,
        seen: (entry) => {
          const kept = ends(entry);
          if (kept) keep(executions, child.arn, kept);
        },
      });
      await executions.flushed();
    }
    return endOf(state, summaryOf(child) ?? summary, child);
  };

  const summaryOf = ({ arn }: Child) => state.executions.summaries.get(arn);

  const standing = (child: Child) => {
    const summary = summaryOf(child);
    if (!summary || summary.status === 'RUNNING' || summary.status === 'SUCCEEDED') return 'open';
    if (attemptOf(summary) >= attempt) return 'open';
    if (obstacle(summary, world.clock.now()) !== undefined) return 'permanent';
    if (order.type === 'STANDARD') authorize('states:RedriveExecution', child.arn);
    return 'waiting';
  };

  return {
    // Children within children are started by the outermost machine's name too.
    authorize: () => authorize('states:StartExecution', of.machineArn.replace(/\/[^/]*$/, '')),
    standing,
    async carryOut(child) {
      const known = summaryOf(child);
      const again = standing(child) === 'waiting';
      if (order.type === 'EXPRESS') return express(child, known, again);
      if (known && again) await redrive(known);
      const summary = known ?? (await start(child));
      await new Promise<void>((resolve) => state.onClosed(child.arn, resolve));
      await state.executions.flushed();
      // One that was redriven is not what it was.
      return endOf(state, summaryOf(child) ?? summary, child);
    },
    endOf(child) {
      const summary = summaryOf(child);
      if (!summary) throw new Error(`The child ${child.arn} was never started`);
      return endOf(state, summary, child);
    },
    // As on AWS, Express children are waited for.
    stop({ arn }) {
      if (order.type === 'STANDARD') void state.engine.stop(arn);
    },
  };
};
