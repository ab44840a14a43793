/** What a file does not say itself, told from its first rows: the delimiter, and whether the first row is a header. */
import { isMissing, numberOf } from '../cell.ts';
import { cellTexts, newCells, scan, scanRow } from './scanRow.ts';

const sniffedRows = 200;
const delimiters = [',', ';', '\t', '|'] as const;

export interface Sniffed {
  delimiter: string;
  /** The first rows as text, blank lines left out. */
  sample: string[][];
}

/**
 * The delimiter by which most rows of the sample have the same number of cells; on a tie the one with more cells.
 * `whole`: `head` is the whole file, so that its last line is a row even without a line break.
 */
export const sniffDelimiter = (head: Uint8Array, whole: boolean, maxColumns: number): Sniffed => {
  const cells = newCells(maxColumns);
  const tries = delimiters.map((delimiter) => {
    const sample = readSample(head, whole, delimiter, cells);
    // A first row of too many cells is to be refused for that, not to be read with another delimiter.
    if (!sample) return { delimiter, sample: [], width: maxColumns + 1, share: 1 };
    const { width, share } = commonWidth(sample);
    return { delimiter, sample, width, share: width > 1 ? share : 0 };
  });
  return tries.reduce((best, next) =>
    next.share > best.share || (next.share === best.share && next.width > best.width) ? next : best,
  );
};

/** Of a header-less file: a first row that is not like the others is most likely a comment line. */
export const commonWidth = (sample: readonly (readonly unknown[])[]) => {
  const counts = new Map<number, number>();
  for (const row of sample) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  const [width, count] = [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0]);
  return { width, share: sample.length === 0 ? 0 : count / sample.length };
};

const readSample = (
  head: Uint8Array,
  whole: boolean,
  delimiter: string,
  cells: ReturnType<typeof newCells>,
  most = sniffedRows,
) => {
  const sample: string[][] = [];
  for (let at = 0; at < head.length && sample.length < most;) {
    const next = scanRow(head, at, whole, delimiter.charCodeAt(0), cells);
    if (next === scan.tooManyColumns && sample.length === 0) return undefined;
    if (next < 0) break;
    if (!cells.blank) sample.push(cellTexts(head, cells));
    at = next;
  }
  return sample;
};

/**
 * Whether the first row names the columns. It does when none of its cells is a number and either some column holds numbers
 * only from the second row on, or, all being text, its cells differ from each other and do not come again in their columns.
 * `known` are the names of a file like this one: a header holds at least half of them, or is as wide as no row without header could be.
 */
export const sniffHeader = (sample: readonly (readonly string[])[], known?: readonly string[]): boolean => {
  const [first = [], ...rest] = sample;
  if (known) {
    const named = known.filter((name) => first.includes(name)).length;
    // Rows without a header have all the columns, or all but the target.
    const fits = first.length === known.length || first.length === known.length - 1;
    return named * 2 >= known.length || (named > 0 && !fits);
  }
  const named = first.filter((cell) => cell !== '');
  if (named.length === 0 || named.some((cell) => !Number.isNaN(numberOf(cell)))) return false;
  if (rest.length === 0) return named.every((cell) => !isMissing(cell));
  const below = first.map((_, index) => rest.map((row) => row[index] ?? '').filter((cell) => !isMissing(cell)));
  const turnsNumeric = below.some(
    (cells, index) => first[index] !== '' && cells.length > 0 && cells.every((cell) => !Number.isNaN(numberOf(cell))),
  );
  if (turnsNumeric) return !named.every(isMissing);
  const distinct = new Set(named).size === named.length;
  return distinct && first.every((cell, index) => cell === '' || !below[index]?.includes(cell));
};

/** The whole rows in the first bytes of a file, at most 10,000, as far as they can be read. */
export const sampleRows = (head: Uint8Array, delimiter: string, columns: number): string[][] =>
  readSample(head, false, delimiter, newCells(columns + 1), 10_000) ?? [];
