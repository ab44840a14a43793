/**
 * The children of map runs: executions in the journal like any other. Which attempt at the run began or redrove a child is
 * written with it, so that an attempt that goes on after a crash redrives none twice.
 */
import type { Identity } from '../../asl/execution.ts';
import type { Json } from '../../asl/json.ts';
import { machineInside, type Machine } from '../../asl/machine.ts';
import type { MapRunOrder } from '../../asl/mapRun/order.ts';
import type { ChildEnd } from '../../asl/mapRun/results.ts';
import type { Child, MapRunWorld } from '../../asl/mapRun/runMap.ts';
import type { World } from '../../operation.ts';
import { describedExecution } from './describedExecution.ts';
import type { Summary } from './executionLog.ts';
import type { Machines } from './machines.ts';
import { obstacle } from './redrives.ts';
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
  const { status, startedAt, stoppedAt, redrives } = summary;
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
    redrives: redrives.map(({ at }) => at),
    status: status as ChildEnd['status'],
  };
  return end;
};

/** Starts, redrives and stops the children of one run. */
export const childrenOf = (
  world: World,
  state: StatesState,
  parent: Summary,
  order: MapRunOrder,
): Pick<MapRunWorld, 'standing' | 'carryOut' | 'endOf' | 'stop'> => {
  const attempt = order.redrive?.count ?? 0;

  const start = async ({ input, seed, items, ...named }: Child) => {
    const { executions, engine, machines } = state;
    const identity: Identity = { ...parent.identity, ...named, type: order.type };
    const { definition, origin } = parent;
    const scope = `${parent.mapRun?.scope ?? ''}${order.scope}`;
    const begun = {
      identity,
      definition,
      origin,
      mapRun: { arn: order.arn, scope, label: order.label, items, attempt },
    };
    const summary = executions.begin(begun, world.clock.now());
    const { taken } = engine.start(executedBy(machines, begun), identity, input, seed);
    state.starting.set(identity.arn, taken);
    await taken.finally(() => state.starting.delete(identity.arn));
    await executions.flushed();
    if (order.type === 'STANDARD') state.tell(summary);
    return summary;
  };

  const redrive = async (summary: Summary) => {
    const { executions, engine, machines } = state;
    const { identity } = summary;
    const entries = executions.entries(identity.arn);
    await engine.redrive(executedBy(machines, summary), identity, entries, tokenOf(attempt));
    await executions.flushed();
    if (order.type === 'STANDARD') state.tell(summary);
  };

  const summaryOf = ({ arn }: Child) => state.executions.summaries.get(arn);

  const standing = (child: Child) => {
    const summary = summaryOf(child);
    if (!summary || summary.status === 'RUNNING' || summary.status === 'SUCCEEDED') return 'open';
    if (attemptOf(summary) >= attempt) return 'open';
    return obstacle(summary, world.clock.now()) === undefined ? 'waiting' : 'permanent';
  };

  return {
    standing,
    async carryOut(child) {
      const known = summaryOf(child);
      if (known && standing(child) === 'waiting') await redrive(known);
      const summary = known ?? (await start(child));
      await new Promise<void>((resolve) => state.onClosed(child.arn, resolve));
      await state.executions.flushed();
      return endOf(state, summary, child);
    },
    endOf(child) {
      const summary = summaryOf(child);
      if (!summary) throw new Error(`The child ${child.arn} was never started`);
      return endOf(state, summary, child);
    },
    stop: ({ arn }) => void state.engine.stop(arn),
  };
};
