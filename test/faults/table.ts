/** The matrix in writing: a line for each call with what becomes of the run by fault, one for each state it is stopped in. */
import type { Planned } from './cells.ts';
import { faultNames } from './kinds.ts';
import { rowOf, type Told } from './part.ts';

export const verdictOf = ({ wrong, reaped, met, outcomes, deadLetters }: Told): string => {
  if (wrong.length > 0) return 'WRONG';
  if (reaped.length > 0) return 'reaped';
  return met === 0 ? '-' : (outcomes.at(-1)?.outcome.toLowerCase() ?? (deadLetters > 0 ? 'dead letter' : 'ok'));
};

/** What is wrong with a cell. */
export const explained = ({ row, scenario, order, outcomes, refusals, wrong }: Told): string => {
  const lines = [...wrong, ...outcomes.map(({ outcome, summary }) => `the run: ${outcome}, ${summary}`), ...refusals];
  return `WRONG ${row} ${order?.fault ?? 'undisturbed'} (${scenario})\n${lines.map((line) => `    ${line}\n`).join('')}`;
};

/** As wide as any verdict and the heads of the columns. */
const width = Math.max(...faultNames.map(({ length }) => length), 'dead letter'.length) + 2;

/** The lines of a table of all that is planned: each can be written as soon as its cells have ended. */
export const tableOf = (planned: readonly Planned[]) => {
  const rows = [...new Set(planned.map(rowOf))];
  const first = Math.max(0, ...rows.map(({ length }) => length)) + 2;
  const line = (name: string, rest: readonly string[]) =>
    `${name.padEnd(first)}${rest.map((text) => text.padEnd(width)).join('')}`.trimEnd();
  return {
    head: line('', faultNames),
    rows,
    row: (name: string, cells: readonly Told[]) => {
      const ours = cells.filter(({ row }) => row === name);
      const stopped = ours.find(({ stop }) => stop);
      if (stopped) return line(name, [verdictOf(stopped)]);
      return line(
        name,
        faultNames.map((fault) => {
          const cell = ours.find(({ order }) => order?.fault === fault);
          return cell ? verdictOf(cell) : '';
        }),
      );
    },
  };
};
