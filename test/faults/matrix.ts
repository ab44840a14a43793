/** Which cells there are: every call of every function, as clean runs make them, with every fault. */
import { faultNames, type FaultName } from './kinds.ts';
import { runCells, type Ended, type Planned } from './cells.ts';
import { scenarios } from './scenarios.ts';
import type { Order } from './watch.ts';
import type { FaultWorld } from './world.ts';

/** Lives undisturbed, all unless some are named: what it calls, and whether the harness itself is sound. */
export const undisturbed = async (world: FaultWorld, lives: readonly string[]): Promise<Ended[]> => {
  const ended: Ended[] = [];
  const planned = Object.keys(scenarios).flatMap((scenario): Planned[] =>
    lives.length === 0 || lives.includes(scenario) ? [{ scenario }] : [],
  );
  await runCells(world, planned, 1, (cell) => ended.push(cell));
  return ended;
};

/** Each call with the cheapest life that makes it, by function. */
export const callsOf = (clean: readonly Ended[]): Omit<Planned & Order, 'fault' | 'order'>[] => {
  const found = new Map<string, { scenario: string; functionName: string; call: string }>();
  for (const { scenario, seen } of clean)
    for (const { functionName, call, armed } of seen) {
      const key = `${functionName} ${call}`;
      if (armed && !found.has(key)) found.set(key, { scenario, functionName, call });
    }
  return [...found.values()].toSorted((a, b) =>
    `${a.functionName} ${a.call}`.localeCompare(`${b.functionName} ${b.call}`),
  );
};

export const cellsOf = (clean: readonly Ended[], faults: readonly FaultName[] = faultNames): Planned[] =>
  callsOf(clean).flatMap(({ scenario, functionName, call }) =>
    faults.map((fault) => ({ scenario, order: { functionName, call, fault } })),
  );

/** Each state that a run enters, in itself or in a child, with the cheapest life that gets there. */
export const stopsOf = (clean: readonly Ended[]): Planned[] => {
  const found = new Map<string, Planned>();
  for (const { scenario, entered } of clean)
    for (const { machine, state, armed } of entered) {
      const key = `${machine} ${state}`;
      if (armed && !found.has(key)) found.set(key, { scenario, stop: { machine, state } });
    }
  return [...found.values()];
};

/** Which of two functions hears of a job first is not the same each time: a fault that was not met is tried again. */
const tries = 3;

const passing: ReadonlySet<FaultName | undefined> = new Set(['throttled', 'error 500', 'answer lost', 'time-out']);

const endsOf = ({ outcomes }: Ended) => outcomes.map(({ outcome }) => outcome).join(', ');

export const runMatrix = async (
  world: FaultWorld,
  clean: readonly Ended[],
  planned: readonly Planned[],
  atOnce: number,
  ended: (cell: Ended) => void,
): Promise<void> => {
  const usual = new Map(clean.map((cell) => [cell.scenario, endsOf(cell)]));
  let left = planned;
  for (let attempt = 1; attempt <= tries && left.length > 0; attempt++) {
    const again: Planned[] = [];
    await runCells(world, left, atOnce, (cell) => {
      // A fault that passes must not cost a run.
      if (cell.met > 0 && passing.has(cell.order?.fault) && endsOf(cell) !== usual.get(cell.scenario))
        cell.wrong.push(`${endsOf(cell)} although the fault passes; undisturbed: ${usual.get(cell.scenario)}`);
      if (cell.met === 0 && cell.wrong.length === 0 && attempt < tries) again.push(cell);
      else ended(cell);
    });
    left = again;
  }
};
