/** Which cells there are: every call of every function, as clean runs make them, with every fault. */
import type { Planned } from './cells.ts';
import { faultNames, type FaultName } from './kinds.ts';
import type { Place, Told } from './part.ts';
import { scenarios } from './scenarios.ts';

/** Lives undisturbed, all unless some are named: what it calls, and whether the harness itself is sound. */
export const livesOf = (names: readonly string[]): Planned[] =>
  Object.keys(scenarios)
    .filter((scenario) => names.length === 0 || names.includes(scenario))
    .map((scenario) => ({ scenario }));

/** Each place with the cheapest life that gets there. */
const cheapest = (lives: readonly Told[], placesOf: (life: Told) => readonly Place[]) => {
  const order = Object.keys(scenarios);
  const found = new Map<string, { scenario: string; place: Place }>();
  for (const life of lives.toSorted((a, b) => order.indexOf(a.scenario) - order.indexOf(b.scenario)))
    for (const place of placesOf(life)) {
      const key = place.join(' ');
      if (!found.has(key)) found.set(key, { scenario: life.scenario, place });
    }
  return [...found.values()].toSorted((a, b) => a.place.join(' ').localeCompare(b.place.join(' ')));
};

/** Each call of a function, with every fault, and each state that a run is in, in itself or in a child, to be stopped there. */
export const cellsOf = (lives: readonly Told[]): Planned[] => [
  ...cheapest(lives, ({ calls = [] }) => calls).flatMap(({ scenario, place: [functionName, call] }) =>
    faultNames.map((fault) => ({ scenario, order: { functionName, call, fault } })),
  ),
  ...cheapest(lives, ({ states = [] }) => states).map(({ scenario, place: [machine, state] }) => ({
    scenario,
    stop: { machine, state },
  })),
];

const passing: ReadonlySet<FaultName | undefined> = new Set(['throttled', 'error 500', 'answer lost', 'time-out']);

const endsOf = ({ outcomes }: Told) => outcomes.map(({ outcome }) => outcome).join(', ');

/** A fault that passes must not cost a run: what is wrong with a cell beside the same life undisturbed. */
export const costOf = (cell: Told, lives: readonly Told[]): string[] => {
  const life = lives.find(({ scenario }) => scenario === cell.scenario);
  if (!life || cell.met === 0 || !passing.has(cell.order?.fault) || endsOf(cell) === endsOf(life)) return [];
  return [`${endsOf(cell)} although the fault passes; undisturbed: ${endsOf(life)}`];
};
