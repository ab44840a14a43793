/**
 * The UCI Adult data for benchmarks and round trips: 32,561 training and 16,281 test rows, 14 columns, `?` missing. Read from
 * `../shared/data` beside the project where that exists, otherwise drawn with the same shape from a fixed seed, so that the
 * benchmark runs everywhere (its figures then compare only with each other).
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createRandom } from '../algorithms/xgboost/sampling.ts';
import type { Matrix } from '../algorithms/xgboost/matrix.ts';

export type Encoding = 'ordinal' | 'oneHot';

export interface Adult {
  train: Matrix;
  test: Matrix;
  /** False when the rows were drawn. */
  real: boolean;
}

const columns = 14;
const numeric = new Set([0, 2, 4, 10, 11, 12]);
const categories: Readonly<Record<number, number>> = { 1: 8, 3: 16, 5: 7, 6: 14, 7: 6, 8: 5, 9: 2, 13: 41 };

interface Row {
  /** Numbers, or the names of categories; undefined when missing. */
  cells: (string | undefined)[];
  label: number;
}

const parse = (text: string): Row[] =>
  text.split('\n').flatMap((line) => {
    const cells = line.replace(/\.$/, '').split(', ');
    if (cells.length !== columns + 1) return [];
    return [
      {
        cells: cells.slice(0, columns).map((cell) => (cell === '?' ? undefined : cell)),
        label: Number(cells[columns] === '>50K'),
      },
    ];
  });

const skewed = (draw: number) => draw * draw;

/** Values with about Adult's numbers of distinct values, and a label that depends on several columns. */
const drawnNumber = (column: number, random: () => number): number => {
  const draws: Readonly<Record<number, () => number>> = {
    0: () => 17 + Math.floor(73 * skewed(random())),
    2: () => 12_000 + Math.floor(400_000 * random()),
    4: () => 1 + Math.floor(16 * random()),
    10: () => (random() < 0.92 ? 0 : 100 * Math.floor(1 + 118 * random())),
    11: () => (random() < 0.95 ? 0 : 30 * Math.floor(1 + 91 * random())),
    12: () => (random() < 0.45 ? 40 : 1 + Math.floor(94 * random())),
  };
  return draws[column]!();
};

const draw = (rows: number, random: () => number): Row[] =>
  Array.from({ length: rows }, () => {
    const values = Array.from({ length: columns }, (_, column) =>
      numeric.has(column) ? drawnNumber(column, random) : Math.floor(categories[column]! * skewed(random())),
    );
    const score =
      0.05 * (values[0]! - 40) + 0.3 * (values[4]! - 9) - 0.5 * values[7]! + 0.001 * values[10]! + 2 * random();
    const cells = values.map((value, column) =>
      categories[column] !== undefined && [1, 6, 13].includes(column) && random() < 0.05 ? undefined : String(value),
    );
    return { cells, label: Number(score > 1) };
  });

const rowsOf = (): { train: Row[]; test: Row[]; real: boolean } => {
  const folder = resolve('..', 'shared', 'data');
  const [train, test] = [join(folder, 'adult.data'), join(folder, 'adult.test')];
  if (existsSync(train) && existsSync(test))
    return { train: parse(readFileSync(train, 'utf8')), test: parse(readFileSync(test, 'utf8')), real: true };
  const random = createRandom(1);
  return { train: draw(32_561, random), test: draw(16_281, random), real: false };
};

const levelsOf = (rows: readonly Row[], column: number) =>
  [...new Set(rows.flatMap(({ cells }) => cells[column] ?? []))].sort();

const encode = (
  rows: readonly Row[],
  levels: readonly (readonly string[] | undefined)[],
  encoding: Encoding,
): Matrix => {
  const values = rows.flatMap(({ cells }) =>
    cells.flatMap((cell, column) => {
      const known = levels[column];
      if (!known) return cell === undefined ? Number.NaN : Number(cell);
      if (encoding === 'oneHot') return known.map((level) => Number(level === cell));
      return cell === undefined ? Number.NaN : known.indexOf(cell);
    }),
  );
  return {
    rows: rows.length,
    features: values.length / rows.length,
    values: Float32Array.from(values),
    labels: Float32Array.from(rows, ({ label }) => label),
    weights: undefined,
  };
};

/** Both splits as matrices; `ordinal` numbers the categories alphabetically, `oneHot` gives each a column (105 in all). */
export const readAdult = (encoding: Encoding): Adult => {
  const { train, test, real } = rowsOf();
  const levels = Array.from({ length: columns }, (_, column) =>
    numeric.has(column) ? undefined : levelsOf([...train, ...test], column),
  );
  return { train: encode(train, levels, encoding), test: encode(test, levels, encoding), real };
};
