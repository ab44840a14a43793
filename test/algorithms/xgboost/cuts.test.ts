import { expect, test } from '@jest/globals';
import { binColumn } from '../../../algorithms/xgboost/cuts.ts';

const gap = Number.NaN;

test('few distinct values: every value but the smallest is a cut, and one lies beyond the largest', () => {
  const { cuts, codes, hasMissing } = binColumn(Float32Array.of(3, 1, 2, 3, 1), 256);
  expect([...cuts.subarray(0, 2)]).toEqual([2, 3]);
  expect(cuts[2]).toBeGreaterThan(3);
  expect([...codes]).toEqual([2, 0, 1, 2, 0]);
  expect(hasMissing).toBe(false);
});

test('a missing value has the code after the last', () => {
  const { cuts, codes, hasMissing } = binColumn(Float32Array.of(gap, 5, gap, -5), 256);
  expect(cuts).toHaveLength(2);
  expect([...codes]).toEqual([2, 1, 2, 0]);
  expect(hasMissing).toBe(true);
});

test.each([
  ['many distinct values', (row: number) => Math.sin(row) * 1000],
  ['a spike of one value', (row: number) => (row % 3 === 0 ? row : 0)],
])('more values than bins (%s): codes agree with the cuts and bins hold about as many rows', (_name, valueOf) => {
  const column = Float32Array.from({ length: 10_000 }, (_, row) => valueOf(row));
  const { cuts, codes } = binColumn(column, 64);
  expect(cuts.length).toBeLessThanOrEqual(64);
  const counts = new Int32Array(cuts.length);
  column.forEach((value, row) => {
    const code = codes[row]!;
    expect(value < cuts[code]! && (code === 0 || value >= cuts[code - 1]!)).toBe(true);
    counts[code]!++;
  });
  const withoutSpike = [...counts].sort((a, b) => a - b).slice(0, -1);
  expect(Math.max(...withoutSpike)).toBeLessThan((3 * 10_000) / 64);
});

test('more than 256 codes need two bytes', () => {
  const column = Float32Array.from({ length: 300 }, (_, row) => row);
  expect(binColumn(column, 256).codes).toBeInstanceOf(Uint8Array);
  expect(binColumn(column, 512).codes).toBeInstanceOf(Uint16Array);
  expect(binColumn(Float32Array.from([...column, gap]), 256).codes).toBeInstanceOf(Uint16Array);
});
