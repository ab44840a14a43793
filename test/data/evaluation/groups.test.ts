import { describe, expect, test } from '@jest/globals';
import { categoricalDrift, kolmogorovSmirnov, numericDrift, psi } from '../../../data/evaluation/drift.ts';
import { summariseFolds } from '../../../data/evaluation/folds.ts';
import { permutationImportance } from '../../../data/evaluation/importance.ts';
import { slicesOf } from '../../../data/evaluation/slices.ts';
import { evaluate } from '../../../data/metrics.ts';
import { drift } from '../../../spec/evaluation.ts';
import { binaryAnswers } from './answers.ts';

describe('slices', () => {
  const answers = binaryAnswers(500, 1);
  const codes = Int32Array.from(answers.labels, (_, row) => (row < 20 ? 2 : row % 2));

  test('are measured on their own rows, the largest first, the small ones marked', () => {
    const found = slicesOf(answers, { column: 'kind', codes, names: ['even', 'odd', 'few', 'none'] });
    expect(found.map(({ value, rows, small }) => ({ value, rows, small }))).toEqual([
      { value: 'even', rows: 240, small: false },
      { value: 'odd', rows: 240, small: false },
      { value: 'few', rows: 20, small: true },
    ]);
    const odd = (_: number, row: number) => codes[row] === 1;
    const own = { ...answers, labels: answers.labels.filter(odd), scores: answers.scores.filter(odd) };
    expect(found[1]!.metrics).toEqual(evaluate(own).metrics);
    expect(found[1]!.intervals['auc']!.upper).toBeGreaterThan(found[1]!.metrics['auc']!);
    expect(found[2]!.intervals).toEqual({});
  });

  test('are of the most frequent values when there are many', () => {
    const own = Int32Array.from(answers.labels, (_, row) => Math.min(row >> 2, 80));
    const names = Array.from({ length: 81 }, (_, code) => `v${code}`);
    const found = slicesOf(answers, { column: 'id', codes: own, names }, { replicates: 10 });
    expect(found).toHaveLength(50);
    expect(found[0]).toMatchObject({ value: 'v80', rows: 180 });
  });

  test('are refused for other rows', () => {
    expect(() => slicesOf(answers, { column: 'kind', codes: Int32Array.of(0), names: ['a'] })).toThrow(
      '1 codes of kind',
    );
  });
});

describe('folds', () => {
  test('have a mean with its t interval', () => {
    const found = summariseFolds([0.8, 0.82, 0.78, 0.81, 0.79])!;
    expect(found.mean).toBeCloseTo(0.8, 12);
    expect(found.deviation).toBeCloseTo(0.0158113883, 9);
    // t(0.975, 4) = 2.776445
    expect(found.upper - found.mean).toBeCloseTo((2.7764451 * 0.0158113883) / Math.sqrt(5), 8);
    expect(found.corrected).toBe(false);
  });

  test('that repeat have a wider one, for they share their training rows', () => {
    const values = [0.8, 0.82, 0.78, 0.81, 0.79, 0.8, 0.83, 0.77, 0.8, 0.8];
    const [plain, corrected] = [summariseFolds(values)!, summariseFolds(values, { testByTrain: 1 / 4 })!];
    expect((corrected.upper - corrected.mean) / (plain.upper - plain.mean)).toBeCloseTo(Math.sqrt(1 + 10 / 4), 10);
    expect(corrected.corrected).toBe(true);
  });

  test('are at least two', () => expect(summariseFolds([0.5])).toBeUndefined());
});

test('a feature is important as far as shuffling it makes the metric worse, whichever way is worse', () => {
  const shuffled = { age: [0.7, 0.8], noise: [0.9, 0.91], unused: [] };
  expect(permutationImportance('auc', 0.9, shuffled)).toEqual([
    { feature: 'age', importance: expect.closeTo(0.15, 10), deviation: expect.closeTo(Math.SQRT1_2 / 10, 10) },
    { feature: 'noise', importance: expect.closeTo(-0.005, 10), deviation: expect.closeTo(Math.SQRT1_2 / 100, 10) },
  ]);
  expect(permutationImportance('rmse', 3, { age: [5], noise: [3] })).toEqual([
    { feature: 'age', importance: 2, deviation: 0 },
    { feature: 'noise', importance: 0, deviation: 0 },
  ]);
});

describe('drift', () => {
  test('is none between the same counts, whatever their number', () => {
    expect(psi([10, 20, 30], [10, 20, 30])).toBe(0);
    expect(psi([1000, 2000, 3000], [100, 200, 300])).toBeLessThan(1e-3);
    expect(kolmogorovSmirnov([1, 2, 3], [10, 20, 30])).toEqual({ ks: 0, p: 1 });
  });

  test('has the value of the definition', () => {
    // 50 % / 50 % against 90 % / 10 %: 0.4 ln 1.8 - 0.4 ln 0.2
    expect(psi([5e6, 5e6], [9e6, 1e6])).toBeCloseTo(0.4 * Math.log(9), 5);
    expect(kolmogorovSmirnov([50, 50], [90, 10])).toEqual({ ks: 0.4, p: expect.closeTo(2.2507e-7, 10) });
  });

  test('counts missing values and new levels', () => {
    const numeric = numericDrift('age', { counts: [50, 50], missing: 0 }, { counts: [25, 25], missing: 50 });
    expect(drift.parse(numeric)).toMatchObject({ column: 'age', ks: 0, p: 1 });
    expect(numeric.psi).toBeGreaterThan(1);
    const before = { levels: { red: 50, blue: 50 }, other: 0, missing: 0 };
    const after = { levels: { red: 50, constructor: 50 }, other: 0, missing: 0 };
    expect(drift.parse(categoricalDrift('colour', before, before)).psi).toBe(0);
    expect(categoricalDrift('colour', before, after).psi).toBeGreaterThan(1);
  });

  test('is not measured between other bins, nor of nothing', () => {
    expect(() => psi([1], [1, 2])).toThrow('expected the same bins');
    expect(kolmogorovSmirnov([0, 0], [1, 2])).toBeUndefined();
    expect(psi([0, 0], [0, 0])).toBe(0);
  });
});
