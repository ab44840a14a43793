/** Runs cells of the matrix, several at a time in one world. */
import { outcomesOf, violations } from './invariants.ts';
import { scenarios, type Stage } from './scenarios.ts';
import { settled } from './settled.ts';
import type { Cell, Order, Seen } from './watch.ts';
import type { FaultWorld } from './world.ts';

export interface Planned {
  scenario: string;
  order?: Order;
}

export interface Ended extends Planned {
  /** How often the fault was met. */
  met: number;
  seen: Seen[];
  outcomes: { runId: string; outcome: string; summary: string }[];
  refusals: string[];
  wrong: string[];
  seconds: number;
}

let made = 0;

export const runCell = async (world: FaultWorld, { scenario, order }: Planned): Promise<Ended> => {
  const name = `cell${String(++made).padStart(4, '0')}`;
  const cell: Cell = { name, seen: [], armed: false, met: 0, ...(order && { order }) };
  const stage: Stage = { world, cell, pipeline: name, runIds: [], refusals: [] };
  world.watch.cells.set(name, cell);
  const began = performance.now();
  const failures: string[] = [];
  try {
    await scenarios[scenario]?.(stage);
    if (!(await settled(stage))) failures.push('it never ends');
  } catch (error) {
    failures.push(`the scenario broke off: ${String(error)}`);
  }
  const wrong = [...failures, ...(await violations(stage))];
  world.watch.cells.delete(name);
  return {
    scenario,
    ...(order && { order }),
    met: cell.met,
    seen: cell.seen,
    outcomes: await outcomesOf(stage),
    refusals: stage.refusals.map(String),
    wrong,
    seconds: (performance.now() - began) / 1000,
  };
};

/**
 * Works through what is planned, so many beside each other and then as many again: time leaps only when all of them are still,
 * and who waits longest would otherwise wait for all.
 */
export const runCells = async (
  world: FaultWorld,
  planned: readonly Planned[],
  atOnce: number,
  ended: (cell: Ended) => void,
): Promise<void> => {
  for (let from = 0; from < planned.length; from += atOnce)
    await Promise.all(planned.slice(from, from + atOnce).map(async (next) => ended(await runCell(world, next))));
};
