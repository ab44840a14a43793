import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { baseline, directionOf, evaluate, metricDirection, metricsFor, objectiveFor } from '../../data/metrics.ts';
import { randomFrom } from './sources.ts';

const recorded = z
  .object({
    scikitLearn: z.string(),
    cases: z.array(
      z.object({
        name: z.string(),
        problem: z.enum(['binary', 'multiclass', 'regression']),
        threshold: z.number().nullable(),
        labels: z.array(z.number()),
        scores: z.union([z.array(z.number()), z.array(z.array(z.number()))]),
        metrics: z.record(z.string(), z.number()),
        confusionMatrix: z.array(z.array(z.number())).nullable(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../fixtures/metrics.json', import.meta.url), 'utf8')));

describe(`metrics are those of scikit-learn ${recorded.scikitLearn} to 1e-9`, () => {
  test.each(recorded.cases)('$name', ({ problem, threshold, labels, scores, metrics, confusionMatrix }) => {
    const found = evaluate(problem, Float64Array.from(labels), scores, threshold === null ? {} : { threshold });
    expect(Object.keys(found.metrics).sort()).toEqual(Object.keys(metrics).sort());
    for (const [name, value] of Object.entries(metrics)) {
      const difference = Math.abs(found.metrics[name]! - value) / Math.max(1, Math.abs(value));
      expect({ name, value, difference, close: difference < 1e-9 }).toMatchObject({ close: true });
    }
    expect(found.confusionMatrix ?? null).toEqual(confusionMatrix);
  });
});

test('every metric of a problem has a direction', () => {
  for (const problem of ['regression', 'binary', 'multiclass'] as const) {
    expect(Object.keys(metricDirection)).toEqual(
      expect.arrayContaining([...metricsFor(problem), objectiveFor(problem)]),
    );
  }
  expect(directionOf('rmse')).toBe('min');
  expect(directionOf('auc')).toBe('max');
  expect(() => directionOf('toString')).toThrow('unknown metric toString');
});

test('the area under the curve is the share of pairs in the right order, ties counting half', () => {
  const random = randomFrom(5);
  for (let round = 0; round < 20; round++) {
    const labels = Float64Array.from({ length: 60 }, () => Number(random() < 0.4));
    const scores = labels.map((label) => Math.round((random() * 0.7 + label * 0.3) * 8) / 8);
    let [right, pairs] = [0, 0];
    for (const [i, high] of labels.entries())
      for (const [j, low] of labels.entries())
        if (high === 1 && low === 0) {
          pairs += 1;
          right += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
        }
    expect(evaluate('binary', labels, scores).metrics['auc']).toBeCloseTo(right / pairs, 12);
  }
});

test('labels of one class have no area under the curve; the other metrics remain', () => {
  const { metrics } = evaluate('binary', Float64Array.of(1, 1), [0.9, 0.4]);
  expect(metrics).not.toHaveProperty('auc');
  expect(metrics).not.toHaveProperty('prAuc');
  expect(metrics).toMatchObject({ accuracy: 0.5, recall: 0.5, precision: 1 });
  for (const value of Object.values(metrics)) expect(Number.isFinite(value)).toBe(true);
});

describe('the baseline answers without looking', () => {
  test('the mean of the train labels', () => {
    const { metrics } = baseline('regression', Float64Array.of(1, 3), Float64Array.of(2, 4));
    expect(metrics).toMatchObject({ rmse: Math.sqrt(2), mae: 1 });
  });

  test('the larger class, with the class shares as probabilities', () => {
    const { metrics, confusionMatrix } = baseline('binary', Float64Array.of(0, 0, 0, 1), Float64Array.of(0, 0, 1));
    expect(confusionMatrix).toEqual([
      [2, 0],
      [1, 0],
    ]);
    expect(metrics).toMatchObject({ accuracy: 2 / 3, auc: 0.5 });
    expect(metrics['logloss']).toBeCloseTo(-(2 * Math.log(0.75) + Math.log(0.25)) / 3, 12);
    expect(baseline('multiclass', Float64Array.of(0, 1, 1, 2), Float64Array.of(0, 1, 2), 3)).toMatchObject({
      metrics: { accuracy: 1 / 3, auc: 0.5 },
      confusionMatrix: [
        [0, 1, 0],
        [0, 1, 0],
        [0, 1, 0],
      ],
    });
  });

  test('one class only in a small test split', () => {
    expect(baseline('multiclass', new Float64Array(49).fill(2), Float64Array.of(2), 3).metrics['accuracy']).toBe(1);
  });
});

test('what does not fit together is refused', () => {
  const labels = Float64Array.of(0, 1);
  expect(() => evaluate('binary', labels, [0.5])).toThrow('1 scores for 2 labels');
  expect(() => evaluate('binary', labels, [0.5, 1.5])).toThrow('the score of row 2 is 1.5, expected a probability');
  expect(() => evaluate('regression', labels, [0, Number.NaN])).toThrow('the score of row 2 is NaN');
  expect(() => evaluate('multiclass', labels, [[0.5, 0.5], [1]])).toThrow('row 2 has 1 probabilities, expected 2');
  expect(() => evaluate('binary', Float64Array.of(0, Number.NaN), [0, 1])).toThrow('the label of row 2 is NaN');
  expect(() => evaluate('regression', Float64Array.of(), [])).toThrow('at least one');
});
