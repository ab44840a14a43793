/** Runs cells of the matrix, several at a time in one world. */
import { forget } from './forget.ts';
import { leftOfRun, outcomesOf, violations } from './invariants.ts';
import { faultKinds } from './kinds.ts';
import { scenarios } from './scenarios.ts';
import { settled } from './settled.ts';
import type { Stage } from './stage.ts';
import type { Cell, Entered, Order, Seen, Stop } from './watch.ts';
import type { FaultWorld } from './world.ts';

export interface Planned {
  scenario: string;
  order?: Order;
  stop?: Pick<Stop, 'machine' | 'state'>;
}

export interface Ended extends Planned {
  /** How often the fault was met. */
  met: number;
  seen: Seen[];
  entered: Entered[];
  outcomes: { runId: string; outcome: string; summary: string }[];
  refusals: string[];
  /** Events that were given up. */
  deadLetters: number;
  wrong: string[];
  /** What was left behind until the reaper came by. */
  reaped: string[];
  seconds: number;
}

let made = 0;

export const runCell = async (world: FaultWorld, { scenario, order, stop }: Planned): Promise<Ended> => {
  const name = `cell${String(++made).padStart(4, '0')}`;
  const cell: Cell = {
    name,
    seen: [],
    entered: [],
    lost: new Set(),
    deadLetters: [],
    armed: false,
    met: 0,
    ...(order && { order }),
    ...(stop && { stop: { ...stop } }),
  };
  const stage: Stage = { world, cell, pipeline: name, runIds: [], refusals: [] };
  world.watch.cells.set(name, cell);
  const began = performance.now();
  const failures: string[] = [];
  const late = stop && lateToStop(stage);
  try {
    await scenarios[scenario]?.(stage);
    if (!(await settled(stage))) failures.push('it never ends');
  } catch (error) {
    failures.push(`the scenario broke off: ${String(error)}`);
  }
  if (cell.stop?.at !== undefined) failures.push(...((await late) ?? []));
  const found = await violations(stage);
  const isLeft = isLasting(order) || cell.unheard === true;
  const left = found.length > 0 && isLeft ? await afterReaping(stage) : found;
  const wrong = [...failures, ...left];
  const outcomes = await outcomesOf(stage);
  world.watch.cells.delete(name);
  await forget(stage);
  return {
    scenario,
    ...(order && { order }),
    ...(stop && { stop }),
    met: cell.stop?.at === undefined ? cell.met : 1,
    seen: cell.seen,
    entered: cell.entered,
    outcomes,
    refusals: stage.refusals.map(String),
    deadLetters: cell.deadLetters.length,
    wrong,
    reaped: found.filter((it) => !left.includes(it)),
    seconds: (performance.now() - began) / 1000,
  };
};

/** What passes, and what is only stopped, must be put right at once: the reaper is for what nobody else could do. */
const isLasting = (order?: Order) =>
  order !== undefined &&
  (faultKinds[order.fault].meets === 'always' ||
    // Nobody looks twice for what is said not to be there: if it is, the reaper finds it.
    order.fault === 'not found once');

/** Virtual ms in which the reaper comes by twice after the grace that it leaves to a run. */
const reaping = (20 + 2 * 15 + 1) * 60_000;

/** What is wrong even when the reaper, on its own schedule, has been there. */
const afterReaping = async (stage: Stage): Promise<string[]> => {
  const { watch, time } = stage.world;
  watch.awaited++;
  await time.wait(reaping).finally(() => watch.awaited--);
  await settled(stage);
  return violations(stage);
};

/** By then (virtual ms) nothing of a run that was stopped may be left. */
const soon = 10_000;

const lateToStop = async ({ world, cell, pipeline, runIds }: Stage): Promise<string[]> => {
  while (cell.stop?.at === undefined) {
    if (!world.watch.cells.has(cell.name)) return [];
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await world.time.wait(cell.stop.at + soon - world.time.clock.now());
  const left = await leftOfRun({ world, pipeline, cell, runIds, refusals: [] });
  return left.map((it) => `10 s after the stop: ${it}`);
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
