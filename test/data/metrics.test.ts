import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import {
  type Answers,
  baseline,
  directionOf,
  evaluate,
  flatScores,
  metricsFor,
  objectiveFor,
  rangeOf,
} from '../../data/metrics.ts';
import { dataSets, fractions, recorded as onDataSets, testShared } from './evaluation/answers.ts';

const of = (problem: Answers['problem'], labels: readonly number[], scores: readonly number[] = []): Answers => ({
  problem,
  labels: Float64Array.from(labels),
  scores: Float64Array.from(scores),
});

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

const expectClose = (found: Record<string, number>, expected: Record<string, number>) => {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) {
    const difference = Math.abs(found[name]! - value) / Math.max(1, Math.abs(value));
    expect({ name, value, difference, close: difference < 1e-9 }).toMatchObject({ close: true });
  }
};

describe(`metrics are those of scikit-learn ${recorded.scikitLearn} to 1e-9`, () => {
  test.each(recorded.cases)('$name', ({ problem, threshold, labels, scores, metrics, confusionMatrix }) => {
    const answers = { problem, labels: Float64Array.from(labels), scores: flatScores(scores) };
    const found = evaluate(threshold === null ? answers : { ...answers, threshold });
    expectClose(found.metrics, metrics);
    expect(found.confusionMatrix ?? null).toEqual(confusionMatrix);
  });

  for (const [name, answers] of Object.entries(dataSets))
    testShared(`on real rows: ${name}`, () =>
      expectClose(evaluate(answers()).metrics, onDataSets.dataSets[name] ?? {}),
    );
});

test('every metric of a problem has a direction and a range', () => {
  for (const problem of ['regression', 'binary', 'multiclass'] as const) {
    expect(metricsFor(problem)).toContain(objectiveFor(problem));
    for (const metric of metricsFor(problem)) expect(rangeOf(metric)[0]).toBeLessThan(rangeOf(metric)[1]);
  }
  expect(['rmse', 'auc', 'bias'].map(directionOf)).toEqual(['min', 'max', 'zero']);
  expect(() => directionOf('toString')).toThrow('unknown metric toString');
});

test('a metric that is not defined is absent', () => {
  expect(evaluate(of('regression', [0, 2], [1, 2])).metrics).not.toHaveProperty('mape');
  expect(evaluate(of('regression', [1, 2], [-1, 2])).metrics).not.toHaveProperty('rmsle');
  expect(evaluate(of('multiclass', [0, 1, 2], [1, 0, 0, 0, 1, 0, 0, 0, 1])).metrics).not.toHaveProperty('top3Accuracy');
  expect(evaluate(of('regression', [3.1, 3.1, 3.1], [3.1, 3.1, 3.1])).metrics).toMatchObject({ r2: 1, smape: 0 });
});

test('constant scores rank nothing', () => {
  const { metrics } = evaluate(of('binary', [0, 1, 1, 0, 1], [0.6, 0.6, 0.6, 0.6, 0.6]));
  expect(metrics).toMatchObject({ auc: 0.5, prAuc: 0.6, ks: 0, mcc: 0, specificity: 0 });
});

test('the area under the curve is the share of pairs in the right order, ties counting half', () => {
  const random = fractions(5);
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
    expect(evaluate({ problem: 'binary', labels, scores }).metrics['auc']).toBeCloseTo(right / pairs, 12);
  }
});

test('labels of one class have no area under the curve; the other metrics remain', () => {
  const { metrics } = evaluate(of('binary', [1, 1], [0.9, 0.4]));
  expect(metrics).not.toHaveProperty('auc');
  expect(metrics).not.toHaveProperty('prAuc');
  expect(metrics).not.toHaveProperty('ks');
  expect(metrics).toMatchObject({ accuracy: 0.5, recall: 0.5, precision: 1 });
  for (const value of Object.values(metrics)) expect(Number.isFinite(value)).toBe(true);
});

describe('the baseline answers without looking', () => {
  test('the mean of the train labels', () => {
    const { metrics } = baseline('regression', 2, Float64Array.of(2, 4));
    expect(metrics).toMatchObject({ rmse: Math.sqrt(2), mae: 1 });
  });

  test('the larger class, with the class shares as probabilities', () => {
    const { metrics, confusionMatrix } = baseline('binary', 0.25, Float64Array.of(0, 0, 1));
    expect(confusionMatrix).toEqual([
      [2, 0],
      [1, 0],
    ]);
    expect(metrics).toMatchObject({ accuracy: 2 / 3, auc: 0.5 });
    expect(metrics['logloss']).toBeCloseTo(-(2 * Math.log(0.75) + Math.log(0.25)) / 3, 12);
    expect(baseline('multiclass', [0.25, 0.5, 0.25], Float64Array.of(0, 1, 2))).toMatchObject({
      metrics: { accuracy: 1 / 3, auc: 0.5 },
      confusionMatrix: [
        [0, 1, 0],
        [0, 1, 0],
        [0, 1, 0],
      ],
    });
  });

  test('one class only in a small test split', () => {
    expect(baseline('multiclass', [0, 0, 1], Float64Array.of(2)).metrics).toMatchObject({ accuracy: 1 });
    expect(baseline('multiclass', [0, 0, 1], Float64Array.of(2)).metrics).not.toHaveProperty('auc');
  });
});

test('the baseline is measured like any other model', () => {
  const shares = [2 / 6, 1 / 6, 3 / 6];
  const labels = Float64Array.of(0, 1, 1, 2);
  const scores = Float64Array.from({ length: 12 }, (_, at) => shares[at % 3]!);
  expectClose(
    baseline('multiclass', shares, labels).metrics,
    evaluate({ problem: 'multiclass', labels, scores }).metrics,
  );
});

test('what does not fit together is refused', () => {
  const refused = (...given: Parameters<typeof of>) => expect(() => evaluate(of(...given)));
  refused('binary', [0, 1], [0.5]).toThrow('1 scores for 2 labels');
  refused('binary', [0, 1], [0.5, 1.5]).toThrow('the score of row 2 is 1.5, expected a probability');
  refused('regression', [0, 1], [0, Number.NaN]).toThrow('the score of row 2 is NaN');
  refused('regression', [0, Number.NaN], [0, 1]).toThrow('the label of row 2 is NaN, expected a finite number');
  refused('multiclass', [0, 1], [0.5, 0.5, 1, Number.NaN]).toThrow('the score of row 2 is NaN');
  refused('multiclass', [0, 2], [0.5, 0.5, 0, 1]).toThrow('the label of row 2 is 2, expected a class from 0 to 1');
  refused('binary', [0, Number.NaN], [0, 1]).toThrow('the label of row 2 is NaN');
  refused('regression', []).toThrow('at least one');
  expect(() => flatScores([[0.5, 0.5], [1]])).toThrow('row 2 has 1 probabilities, expected 2');
});
