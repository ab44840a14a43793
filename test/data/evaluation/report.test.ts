import { describe, expect, test } from '@jest/globals';
import { evaluationOf } from '../../../data/evaluation.ts';
import { calibration, wilson } from '../../../data/evaluation/calibration.ts';
import { namedConfusion } from '../../../data/evaluation/confusion.ts';
import { curves } from '../../../data/evaluation/curves.ts';
import { deciles } from '../../../data/evaluation/lift.ts';
import { residualsOf } from '../../../data/evaluation/residuals.ts';
import { stepsOf } from '../../../data/evaluation/steps.ts';
import { chooseThreshold } from '../../../data/evaluation/threshold.ts';
import { evaluate } from '../../../data/metrics.ts';
import { evaluationDocument, type Curve, type ThresholdCriterion } from '../../../spec/evaluation.ts';
import { binaryAnswers, dataSets, fractions, multiclassAnswers, regressionAnswers, testShared } from './answers.ts';

describe('calibration', () => {
  test('has ten bins of equal rows, and parts that add up to the Brier score', () => {
    const { labels, scores } = binaryAnswers(1000, 1);
    const found = calibration(labels, scores);
    const { brier, ece } = evaluate({ problem: 'binary', labels, scores }).metrics;
    expect(found.bins.map(({ rows }) => rows)).toEqual(Array.from({ length: 10 }, () => 100));
    expect(found.reliability - found.resolution + found.uncertainty + found.withinBins).toBeCloseTo(brier!, 12);
    expect(found.brier).toBeCloseTo(brier!, 12);
    expect(found.ece).toBeCloseTo(ece!, 12);
    // The probabilities are right, so nearly every bin holds its own.
    const held = found.bins.filter(({ meanScore, lower, upper }) => lower <= meanScore && meanScore <= upper);
    expect(held.length).toBeGreaterThanOrEqual(8);
  });

  test('never tears rows of one score apart', () => {
    const { labels, scores } = binaryAnswers(1000, 2, { steps: 4 });
    const { bins, withinBins } = calibration(labels, scores);
    expect(bins).toHaveLength(new Set(scores).size);
    expect(withinBins).toBeCloseTo(0, 12);
    const constant = calibration(Float64Array.of(1, 0, 0, 0), new Float64Array(4).fill(0.5));
    expect(constant).toMatchObject({ ece: 0.25, resolution: 0, bins: [{ rows: 4, rate: 0.25, meanScore: 0.5 }] });
  });

  test('gives shares the interval of Wilson', () => {
    // The classic example: 1 of 10.
    expect(wilson(0.1, 10).lower).toBeCloseTo(0.0178762, 6);
    expect(wilson(0.1, 10).upper).toBeCloseTo(0.40415, 6);
    expect(wilson(0, 5).lower).toBeCloseTo(0, 12);
  });
});

describe('the decision threshold', () => {
  const labels = Float64Array.of(0, 0, 1, 0, 1, 1);
  const scores = Float64Array.of(0.1, 0.2, 0.3, 0.6, 0.7, 0.9);

  test.each<[ThresholdCriterion, number]>([
    ['f1', 0.25],
    ['accuracy', 0.65],
    ['youden', 0.65],
    [{ cost: { fp: 1, fn: 10 } }, 0.25],
    [{ cost: { fp: 10, fn: 1 } }, 0.65],
    [{ precision: 1 }, 0.65],
    [{ recall: 1 }, 0.25],
  ])('for %j lies halfway between two scores', (criterion, expected) => {
    const found = chooseThreshold(labels, scores, criterion);
    expect(found.threshold).toBeCloseTo(expected, 12);
    expect(found.met).toBe(true);
    expect(found.metrics).toEqual(evaluate({ problem: 'binary', labels, scores, threshold: found.threshold }).metrics);
  });

  test('comes with what other thresholds would give, ascending and few', () => {
    const { curve, rows } = chooseThreshold(labels, scores, 'f1');
    expect(rows).toBe(6);
    expect(curve.threshold).toEqual([...scores]);
    for (const [at, threshold] of curve.threshold.entries()) {
      const { precision, recall, f1 } = evaluate({ problem: 'binary', labels, scores, threshold }).metrics;
      expect([curve.precision[at], curve.recall[at], curve.f1[at]]).toEqual([precision, recall, f1]);
    }
    const many = binaryAnswers(5000, 1);
    const long = chooseThreshold(many.labels, many.scores, 'youden').curve.threshold;
    expect(long).toHaveLength(200);
    expect(long).toEqual(long.toSorted((a, b) => a - b));
    expect([long[0], long.at(-1)]).toEqual([Math.min(...many.scores), Math.max(...many.scores)]);
  });

  test('is the best of all there are', () => {
    for (let seed = 0; seed < 10; seed++) {
      const answers = binaryAnswers(80, seed, { steps: 15 });
      const every = [...answers.scores, 2].map((threshold) => evaluate({ ...answers, threshold }).metrics);
      const best = (worth: (metrics: Record<string, number>) => number) => Math.max(...every.map(worth));
      const chosen = (criterion: ThresholdCriterion) =>
        chooseThreshold(answers.labels, answers.scores, criterion).metrics;
      expect(chosen('f1')['f1']).toBeCloseTo(
        best(({ f1 = 0 }) => f1),
        12,
      );
      expect(chosen('accuracy')['accuracy']).toBeCloseTo(
        best(({ accuracy = 0 }) => accuracy),
        12,
      );
      expect(chosen('youden')['balancedAccuracy']).toBeCloseTo(
        best(({ balancedAccuracy = 0 }) => balancedAccuracy),
        12,
      );
      expect(chosen({ precision: 0.7 })['recall']).toBeCloseTo(
        best(({ precision = 0, recall = 0 }) => (precision >= 0.7 ? recall : 0)),
        12,
      );
    }
  });

  test('can answer nothing or everything with class 1', () => {
    const none = chooseThreshold(Float64Array.of(0, 0), Float64Array.of(0.4, 1), 'accuracy');
    expect(none.metrics['accuracy']).toBe(1);
    expect(none.threshold).toBeGreaterThan(1);
    expect(chooseThreshold(Float64Array.of(1, 1), Float64Array.of(0.4, 1), { recall: 1 }).threshold).toBe(0);
  });

  test('says when no threshold does, and comes as near as it can', () => {
    const found = chooseThreshold(Float64Array.of(0, 1, 0), Float64Array.of(0.9, 0.5, 0.2), { precision: 0.9 });
    expect(found).toMatchObject({ met: false, metrics: { precision: 0.5 } });
  });
});

describe('lift and gain', () => {
  test('by tenths of the rows', () => {
    const labels = Float64Array.from({ length: 100 }, (_, row) => Number(row < 20));
    const scores = labels.map((_, row) => 1 - row / 100);
    const found = deciles(stepsOf(labels, scores))!;
    expect(found.map(({ gain }) => gain)).toEqual([0.5, ...Array.from({ length: 9 }, () => 1)]);
    expect(found[0]).toMatchObject({ rows: 10, positives: 10, rate: 1, lift: 5 });
    expect(found[2]).toMatchObject({ positives: 0, lift: 0 });
  });

  test('of constant scores is one everywhere, whatever order the rows are in', () => {
    for (const { lift } of deciles(stepsOf(Float64Array.of(1, 1, 0, 0, 0, 0, 0), new Float64Array(7).fill(0.3)))!)
      expect(lift).toBeCloseTo(1, 12);
    expect(deciles(stepsOf(Float64Array.of(0, 0), Float64Array.of(0.1, 0.2)))).toBeUndefined();
  });
});

const areaUnder = ({ x, y }: Curve) =>
  x.slice(1).reduce((area, right, at) => area + ((right - x[at]!) * (y[at]! + y[at + 1]!)) / 2, 0);

describe('curves', () => {
  test('keep their shape with at most 200 points', () => {
    const answers = binaryAnswers(20_000, 3);
    const { roc, precisionRecall } = curves(stepsOf(answers.labels, answers.scores));
    const { auc, prAuc } = evaluate(answers).metrics;
    for (const curve of [roc!, precisionRecall!]) {
      expect(curve.x.length).toBeLessThanOrEqual(200);
      expect([curve.x[0], curve.x.at(-1)]).toEqual([0, 1]);
      expect(curve.x).toEqual(curve.x.toSorted((a, b) => a - b));
      expect(curve.threshold).toEqual(curve.threshold.toSorted((a, b) => b - a));
    }
    expect(Math.abs(areaUnder(roc!) - auc!)).toBeLessThan(0.001);
    expect(Math.abs(areaUnder(precisionRecall!) - prAuc!)).toBeLessThan(0.005);
  });

  test('of few scores keep every point, and one class has none', () => {
    const { roc } = curves(stepsOf(Float64Array.of(0, 1, 0, 1), Float64Array.of(0.1, 0.35, 0.4, 0.8)));
    expect(roc).toEqual({ x: [0, 0, 0.5, 0.5, 1], y: [0, 0.5, 0.5, 1, 1], threshold: [0.8, 0.8, 0.4, 0.35, 0.1] });
    expect(areaUnder(roc!)).toBe(0.75);
    expect(curves(stepsOf(Float64Array.of(1, 1), Float64Array.of(0.2, 0.3)))).toEqual({});
  });
});

test('residuals: every row is in the histogram, the largest among the points', () => {
  const { labels, scores } = regressionAnswers(5000, 1);
  labels[7]! += 100;
  const { histogram, predicted, residual } = residualsOf(labels, scores);
  expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(5000);
  expect(histogram.edges).toHaveLength(histogram.counts.length + 1);
  expect(predicted.length).toBeLessThanOrEqual(500);
  expect(Math.max(...residual)).toBeCloseTo(labels[7]! - scores[7]!, 12);
  expect(residualsOf(Float64Array.of(1, 1), Float64Array.of(1, 1)).histogram.counts).toEqual([2]);
});

describe('a confusion matrix', () => {
  test('of few classes is whole', () => {
    expect(namedConfusion(Float64Array.of(0, 1, 1), [0, 0, 1], ['no', 'yes'])).toEqual({
      classes: ['no', 'yes'],
      matrix: [
        [1, 0],
        [1, 1],
      ],
      pooled: 0,
    });
  });

  test('of a thousand classes shows the largest twenty and pools the others', () => {
    const random = fractions(1);
    const labels = Float64Array.from({ length: 5000 }, () => Math.floor(1000 * random() ** 3));
    const names = Array.from({ length: 1000 }, (_, index) => `c${index}`);
    const { classes, matrix, pooled } = namedConfusion(labels, labels, names);
    expect(classes).toHaveLength(21);
    expect(classes.at(-1)).toBe('other (980 classes)');
    expect(pooled).toBe(980);
    expect(matrix.flat().reduce((sum, count) => sum + count, 0)).toBe(5000);
    const largest = matrix.slice(0, 20).map((line) => line.reduce((sum, count) => sum + count, 0));
    expect(Math.min(...largest)).toBeGreaterThan(1);
  });
});

describe('the evaluation document', () => {
  test.each([
    ['binary', binaryAnswers(200, 1)],
    ['multiclass', multiclassAnswers(200, 3, 1)],
    ['regression', regressionAnswers(200, 1)],
  ])('of a %s problem has the documented shape, also after JSON', (_, answers) => {
    const codes = Int32Array.from(answers.labels, (__, row) => (row % 10 === 0 ? -1 : row % 3));
    const document = evaluationOf(answers, {
      replicates: 50,
      slices: [{ column: 'third', codes, names: ['a', 'b', 'c'] }],
    });
    expect(evaluationDocument.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
    expect(document.slices).toHaveLength(3);
  });

  test.each([
    ['one class only', { problem: 'binary', labels: Float64Array.of(1, 1), scores: Float64Array.of(0.5, 0.5) }],
    ['no positive row', { problem: 'binary', labels: Float64Array.of(0), scores: Float64Array.of(0) }],
    ['a single number', { problem: 'regression', labels: Float64Array.of(0), scores: Float64Array.of(0) }],
    [
      'a class for each row',
      { problem: 'multiclass', labels: Float64Array.of(0, 1), scores: Float64Array.of(1, 0, 0, 1) },
    ],
  ] as const)('of %s has no NaN', (_, answers) => {
    const document = evaluationOf(answers, { replicates: 20 });
    expect(evaluationDocument.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
  });

  testShared('of real rows stays small', () => {
    const document = evaluationOf(dataSets['adult income']!(), { replicates: 20 });
    expect(JSON.stringify(document).length).toBeLessThan(40_000);
  });
});
