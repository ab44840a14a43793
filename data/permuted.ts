/**
 * Held-out rows in which the values of one column have changed places: how much worse a model answers them tells how much it rests on
 * that column (Breiman 2001, Fisher, Rudin and Dominici 2019). All features that a column became move together.
 */
import { createHash } from 'node:crypto';

/** What lies in the file: for each column, `repeats` times, all `rows` in their order with that column's cells shuffled. */
export interface PermutationPlan {
  columns: string[];
  rows: number;
  repeats: number;
}

const mostRows = 2000;
const mostColumns = 200;
const fewestRows = 200;
/** Rows of the whole file, and features in all of them: about 400 MB. */
const mostLines = 200_000;
const mostFeatures = 50_000_000;
const mostRepeats = 3;

/**
 * How many columns, rows and repetitions the file can have when a row has so many features. `columns`: in the order of the
 * recipe; where not all can be looked at, those come first that are stronger by `strengthOf`.
 */
export const planPermutations = (
  columns: readonly string[],
  { rows, features, strengthOf }: { rows: number; features: number; strengthOf: (column: string) => number },
): PermutationPlan => {
  const lines = Math.min(mostLines, Math.floor(mostFeatures / Math.max(1, features)));
  const most = Math.max(1, Math.min(mostColumns, Math.floor(lines / Math.min(rows, fewestRows))));
  const strongest = columns.map((column) => ({ column, strength: strengthOf(column) }));
  strongest.sort((a, b) => b.strength - a.strength);
  const kept = new Set(strongest.slice(0, most).map(({ column }) => column));
  const chosen = columns.filter((column) => kept.has(column));
  const room = Math.max(fewestRows, Math.floor(lines / Math.max(1, chosen.length)));
  const used = Math.min(rows, mostRows, room);
  const repeats = Math.max(1, Math.min(mostRepeats, Math.floor(room / Math.max(1, used))));
  return { columns: chosen, rows: used, repeats };
};

/** A shuffled order of `rows` that only depends on `seed` (Fisher and Yates). */
const shuffled = (rows: number, seed: string): number[] => {
  const order = Array.from({ length: rows }, (_, row) => row);
  let bytes = Buffer.alloc(0);
  let drawn = 0;
  const draw = (below: number) => {
    if (bytes.length < 6) bytes = createHash('sha512').update(`${seed} ${drawn++}`).digest();
    const value = bytes.readUIntBE(0, 6) / 2 ** 48;
    bytes = bytes.subarray(6);
    return Math.floor(value * below);
  };
  for (let last = rows - 1; last > 0; last--) {
    const other = draw(last + 1);
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
};

/** The lines of the file. `features`: lines as channels have them; `widths`: how many features each column became, in order. */
export function* permutedRows(
  features: readonly string[],
  widths: readonly { column: string; width: number }[],
  { columns, rows, repeats }: PermutationPlan,
): Generator<string> {
  const cells = features.slice(0, rows).map((line) => line.split(','));
  let start = 0;
  for (const { column, width } of widths) {
    const [from, to] = [start, start + width];
    start = to;
    if (!columns.includes(column)) continue;
    const own = cells.map((row) => row.slice(from, to));
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = shuffled(cells.length, `${column} ${repeat}`);
      for (const [row, rest] of cells.entries())
        yield [...rest.slice(0, from), ...(own[order[row] ?? 0] ?? []), ...rest.slice(to)].join(',');
    }
  }
}
