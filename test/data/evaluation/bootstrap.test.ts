import { describe, expect, test } from '@jest/globals';
import { type BootstrapOptions, intervals, replicate } from '../../../data/evaluation/bootstrap.ts';
import { compare } from '../../../data/evaluation/comparison.ts';
import { deLong } from '../../../data/evaluation/deLong.ts';
import { kolmogorovTail, normalCdf, normalQuantile, tCdf, tQuantile } from '../../../data/evaluation/distributions.ts';
import { poisson, randomWords } from '../../../data/evaluation/random.ts';
import { resampling } from '../../../data/evaluation/resample.ts';
import { type Answers, evaluate } from '../../../data/metrics.ts';
import { ascending } from '../../../data/metrics/order.ts';
import { comparison, intervals as intervalsSchema } from '../../../spec/evaluation.ts';
import { binaryAnswers, fractions, multiclassAnswers, normal, recorded, regressionAnswers } from './answers.ts';

const intervalsOf = (answers: Answers, options: BootstrapOptions = {}) =>
  intervals({ answers, metrics: evaluate(answers).metrics }, options);

test('distributions are those of scipy', () => {
  for (const [z = 0, expected = 0] of recorded.normalCdf)
    expect(Math.abs(normalCdf(z) / expected - 1)).toBeLessThan(1e-11);
  for (const [t = 0, degrees = 0, expected = 0] of recorded.tCdf) {
    expect(tCdf(t, degrees)).toBeCloseTo(expected, 11);
    expect(tQuantile(expected, degrees)).toBeCloseTo(t, 6);
  }
  expect(tQuantile(0.95, 4)).toBeCloseTo(2.13184678632665, 12);
  for (const [x = 0, expected = 0] of recorded.kolmogorovTail) expect(kolmogorovTail(x)).toBeCloseTo(expected, 12);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
});

test.each([10, 5000])('%d rows are put in order, however they are signed, equals as they were', (rows) => {
  const random = fractions(rows);
  const values = Float64Array.from({ length: rows }, () => Math.round((random() - 0.5) * 900) / 7);
  values.set([-0, 0, -Infinity, Infinity, 5e-324]);
  const compared = (a: number, b: number) => (values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : a - b);
  expect([...ascending(values)]).toEqual([...values.keys()].sort(compared));
});

test.each([1, 3.7, 40, 2500])('Poisson draws of mean %d have that mean and variance', (mean) => {
  const draw = poisson(mean, randomWords(3));
  const draws = Float64Array.from({ length: 40_000 }, draw);
  const average = draws.reduce((sum, it) => sum + it, 0) / draws.length;
  const variance = draws.reduce((sum, it) => sum + (it - average) ** 2, 0) / draws.length;
  expect(Math.abs(average - mean)).toBeLessThan(4 * Math.sqrt(mean / draws.length));
  expect(Math.abs(variance / mean - 1)).toBeLessThan(0.04);
});

describe('intervals', () => {
  test('are the same for the same seed, hold the metric, and have the documented shape', () => {
    for (const answers of [binaryAnswers(300, 1), multiclassAnswers(300, 4, 1), regressionAnswers(300, 1)]) {
      const found = intervalsOf(answers, { replicates: 200 });
      expect(intervalsSchema.parse(found)).toEqual(intervalsOf(answers, { replicates: 200 }));
      const { metrics } = evaluate(answers);
      expect(Object.keys(found).sort()).toEqual(Object.keys(metrics).sort());
      for (const [metric, { lower, upper }] of Object.entries(found)) {
        // A calibration error can only be overestimated by resampling, so its interval may lie above it.
        if (metric === 'ece' || metric === 'ks') continue;
        expect({ metric, holds: lower <= metrics[metric]! && metrics[metric]! <= upper }).toEqual({
          metric,
          holds: true,
        });
      }
    }
  });

  test('are as wide as theory says where theory knows', () => {
    const { accuracy, auc } = intervalsOf(binaryAnswers(2000, 2));
    const answers = binaryAnswers(2000, 2);
    const right = evaluate(answers).metrics['accuracy']!;
    expect(accuracy!.deviation / Math.sqrt((right * (1 - right)) / 2000)).toBeCloseTo(1, 1);
    const [[variance = 0] = []] = deLong(answers.labels, [answers.scores])!.covariance;
    expect(auc!.deviation / Math.sqrt(variance)).toBeCloseTo(1, 1);
    expect((accuracy!.upper - accuracy!.lower) / (2 * 1.96 * accuracy!.deviation)).toBeCloseTo(1, 1);
    const numbers = regressionAnswers(2000, 3);
    expect(intervalsOf(numbers)['bias']!.deviation * Math.sqrt(2000)).toBeCloseTo(
      evaluate(numbers).metrics['rmse']!,
      1,
    );
  });

  test('hold the truth about as often as they promise', () => {
    const random = fractions(11);
    let held = 0;
    for (let round = 0; round < 150; round++) {
      const labels = Float64Array.from({ length: 80 }, () => 3 + normal(random));
      const scores = labels.map((label) => label + normal(random));
      const { mae } = intervalsOf({ problem: 'regression', labels, scores }, { replicates: 200, seed: round });
      if (mae!.lower <= Math.sqrt(2 / Math.PI) && Math.sqrt(2 / Math.PI) <= mae!.upper) held += 1;
    }
    expect(held / 150).toBeGreaterThan(0.88);
    expect(held / 150).toBeLessThan(0.99);
  });

  test.each([
    ['two classes', binaryAnswers(4000, 4)],
    ['a rare class', binaryAnswers(4000, 5, { rate: 0.02 })],
    ['four classes', multiclassAnswers(4000, 4, 4)],
    ['numbers', regressionAnswers(4000, 4)],
  ])('from a part of the rows are about those from all: %s', (_, answers) => {
    const [all, part] = [{}, { maxRows: 1000 }].map((more) => intervalsOf(answers, { replicates: 300, ...more }));
    const { metrics } = evaluate(answers);
    for (const [metric, { deviation, lower, upper }] of Object.entries(all!)) {
      // Not regular enough for either: the largest and the absolute of a difference.
      if (metric === 'ece' || metric === 'ks') continue;
      const other = part![metric]!;
      // How a median scatters hangs on the few rows around it.
      const most = metric === 'medianAe' ? 1.7 : 1.25;
      const [high, low] = [other.deviation, deviation].sort((a, b) => b - a) as [number, number];
      expect({ metric, alike: high <= low * most + 1e-9 }).toEqual({ metric, alike: true });
      expect(other.lower).toBeLessThanOrEqual(metrics[metric]! + 1e-12);
      expect(other.upper).toBeGreaterThanOrEqual(metrics[metric]! - 1e-12);
      expect(Math.abs(other.lower - lower) + Math.abs(other.upper - upper)).toBeLessThan(most * 1.2 * deviation + 1e-9);
    }
  });

  test('keep every row of a rare class and the number of rows that the sample stands for', () => {
    const classes = Float64Array.from({ length: 10_000 }, (_, row) => Number(row % 500 === 0));
    const { rows, stands } = resampling(10_000, { seed: 1, maxRows: 1000, classes });
    expect(rows.filter((row) => classes[row] === 1)).toHaveLength(20);
    expect(stands.reduce((sum, it) => sum + it, 0)).toBeCloseTo(10_000, 6);
    expect(rows.length).toBeLessThan(1100);
  });

  test('of a metric that few replicates have are absent, and none is NaN', () => {
    const one: Answers = { problem: 'binary', labels: Float64Array.of(1, 1, 1), scores: Float64Array.of(1, 0.5, 0.2) };
    expect(intervalsOf(one)).not.toHaveProperty('auc');
    const lone = { ...binaryAnswers(40, 1), labels: Float64Array.from({ length: 40 }, (_, row) => Number(row === 3)) };
    expect(evaluate(lone).metrics).toHaveProperty('auc');
    expect(intervalsOf(lone)).not.toHaveProperty('auc');
    expect(JSON.stringify([intervalsOf(one), intervalsOf(lone)])).not.toMatch(/null/);
  });
});

describe('DeLong', () => {
  const { labels, scores, aucs, covariance, p } = recorded.deLong;
  const given = scores.map((own) => Float64Array.from(own));

  test('gives the covariance of the definition over all pairs', () => {
    const found = deLong(Float64Array.from(labels), given)!;
    for (const [at, auc] of aucs.entries()) expect(found.aucs[at]).toBeCloseTo(auc, 12);
    for (const [at, value] of covariance.flat().entries()) expect(found.covariance.flat()[at]).toBeCloseTo(value, 14);
  });

  test('agrees with the paired bootstrap', () => {
    const answers = binaryAnswers(1000, 6);
    const random = fractions(1);
    const noisy: Answers = { ...answers, scores: answers.scores.map((score) => 0.8 * score + 0.2 * random()) };
    const found = compare(answers, noisy, 'auc')!;
    expect(found.method).toBe('DeLong');
    const gains = replicate(
      [answers, noisy].map((it) => ({ answers: it, metrics: evaluate(it).metrics })),
      {},
    ).map(([a, b]) => a!['auc']! - b!['auc']!);
    const mean = gains.reduce((sum, it) => sum + it, 0) / gains.length;
    const deviation = Math.sqrt(gains.reduce((sum, it) => sum + (it - mean) ** 2, 0) / gains.length);
    expect(found.deviation / deviation).toBeCloseTo(1, 1);
    expect(Math.abs(mean - found.gain)).toBeLessThan(deviation / 5);
  });

  test('says how surprising the gain is', () => {
    const rank = (own: Float64Array): Answers => {
      const order = [...new Set(own)].sort((a, b) => a - b);
      // Probabilities in the same order as the recorded scores.
      return {
        problem: 'binary',
        labels: Float64Array.from(labels),
        scores: own.map((score) => order.indexOf(score) / order.length),
      };
    };
    expect(compare(rank(given[0]!), rank(given[1]!), 'auc')!.p).toBeCloseTo(p, 10);
    expect(compare(rank(given[1]!), rank(given[0]!), 'auc')!.p).toBeCloseTo(1 - p, 10);
  });

  test('knows no variance of a single row of a class', () => {
    expect(deLong(Float64Array.of(1, 0, 0), [Float64Array.of(1, 0, 0.5)])).toBeUndefined();
  });
});

describe('a challenger against the champion on the same rows', () => {
  const good = regressionAnswers(400, 8, 1);
  const random = fractions(2);
  const worse: Answers = { ...good, scores: good.scores.map((score) => score + 0.6 * normal(random)) };

  test('is better when its error is smaller, beyond doubt when the rows agree', () => {
    const found = comparison.parse(compare(good, worse, 'rmse'));
    expect(found.gain).toBeCloseTo(found.champion - found.challenger, 12);
    expect(found.lower).toBeGreaterThan(0);
    expect(found.p).toBeLessThan(0.01);
    expect(compare(worse, good, 'rmse')!.p).toBeGreaterThan(0.99);
  });

  test('is not better than itself', () => {
    expect(compare(good, good, 'rmse')).toMatchObject({ gain: 0, lower: 0, upper: 0, p: 1 });
    const answers = binaryAnswers(100, 1);
    expect(compare(answers, answers, 'auc')).toMatchObject({ gain: 0, lower: 0, upper: 0, p: 1 });
  });

  test('can be asked for more than any gain, or for less', () => {
    const { gain } = compare(good, worse, 'rmse')!;
    expect(compare(good, worse, 'rmse', { margin: gain * 3 })!.p).toBeGreaterThan(0.95);
    expect(compare(worse, good, 'rmse', { margin: -gain * 3 })!.p).toBeLessThan(0.05);
  });

  test('is nearer to no bias, from either side', () => {
    const by = (bias: number): Answers => ({ ...good, scores: good.labels.map((label) => label + bias) });
    expect(compare(by(-0.1), by(0.4), 'bias')!.gain).toBeCloseTo(0.3, 10);
  });

  test('is compared by a paired bootstrap in any other metric, also of many rows', () => {
    const answers = binaryAnswers(2000, 9);
    const blunt: Answers = { ...answers, scores: answers.scores.map((score) => (score + 1) / 3) };
    const [all, part] = [{}, { maxRows: 1000 }].map((more) => compare(answers, blunt, 'logloss', more)!);
    expect(all!.method).toBe('bootstrap');
    expect(part!.deviation / all!.deviation).toBeGreaterThan(0.8);
    expect(part!.deviation / all!.deviation).toBeLessThan(1.25);
  });

  test('has no comparison in a metric that is not defined', () => {
    const one: Answers = { problem: 'binary', labels: Float64Array.of(1, 1), scores: Float64Array.of(0.2, 0.4) };
    expect(compare(one, one, 'auc')).toBeUndefined();
  });

  test('is refused when the rows are others', () => {
    const other = { ...good, labels: good.labels.map((label, row) => (row === 4 ? label + 1 : label)) };
    expect(() => compare(good, other, 'rmse')).toThrow('first difference in row 5');
  });
});
