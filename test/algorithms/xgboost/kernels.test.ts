import { expect, test } from '@jest/globals';
import { createArena } from '../../../algorithms/wasm/arena.ts';
import { createKernels } from '../../../algorithms/xgboost/kernels.ts';

const arena = createArena(1 << 20);
const kernels = createKernels(arena);
const floats = (values: readonly number[]) => arena.copy(Float32Array, Float32Array.from(values));
const integers = (values: readonly number[]) => arena.copy(Int32Array, Int32Array.from(values));

const rowsOf = (count: number) => Array.from({ length: count }, (_, row) => row);

const someCodes = rowsOf(100).map((row) => (row * 7) % 10);

test.each([
  ['one byte', arena.copy(Uint8Array, Uint8Array.from(someCodes))],
  ['two bytes', arena.copy(Uint16Array, Uint16Array.from(someCodes))],
])('partition keeps the order on both sides, codes of %s', (_name, codes) => {
  const goesLeft = arena.copy(Uint8Array, Uint8Array.of(1, 0, 0, 1, 0, 1, 1, 0, 0, 1));
  const rows = integers(rowsOf(100).reverse());
  const before = [...rows];
  const middle = kernels.partition(rows, 10, 90, codes, goesLeft, integers(rowsOf(100)));
  const isLeft = (row: number) => goesLeft[codes[row]!] === 1;
  const moved = before.slice(10, 90);
  expect([...rows]).toEqual([
    ...before.slice(0, 10),
    ...moved.filter(isLeft),
    ...moved.filter((row) => !isLeft(row)),
    ...before.slice(90),
  ]);
  expect(middle).toBe(10 + moved.filter(isLeft).length);
});

test('logistic pairs are those of the formula, to float32', () => {
  const margins = rowsOf(401).map((at) => (at - 200) / 2);
  const labels = rowsOf(401).map((at) => at % 2);
  const pairs = floats(rowsOf(802).fill(0));
  kernels.logisticPairs(floats(margins), floats(labels), 3, pairs);
  margins.forEach((margin, row) => {
    const probability = 1 / (1 + Math.exp(-margin));
    const scale = labels[row] === 1 ? 3 : 1;
    expect(Math.abs(pairs[2 * row]! - scale * (probability - labels[row]!))).toBeLessThan(4e-7);
    expect(Math.abs(pairs[2 * row + 1]! - scale * probability * (1 - probability))).toBeLessThan(4e-7);
    expect(pairs[2 * row + 1]).toBeGreaterThan(0);
  });
});

test('sums are made in double precision', () => {
  const pairs = floats([2 ** 24, 1, 1, 1, 1, 1, 1, 1]);
  expect(kernels.sumPairs(pairs)).toEqual({ gradient: 2 ** 24 + 3, hessian: 4 });
});
