import { expect, test } from '@jest/globals';
import { evalMetricNamed } from '../../../algorithms/xgboost/evalMetrics.ts';

const measure = (name: string, labels: number[], predictions: number[], weights?: number[]) =>
  evalMetricNamed(name).measure({
    labels: Float32Array.from(labels),
    predictions: Float32Array.from(predictions),
    weights: weights && Float32Array.from(weights),
    groups: predictions.length / labels.length,
  });

test('regression: rmse, mae, mse, r2, mape, rmsle by hand', () => {
  const [labels, predictions] = [
    [1, 2, 4],
    [1, 3, 2],
  ];
  expect(measure('mse', labels, predictions)).toBeCloseTo(5 / 3, 6);
  expect(measure('rmse', labels, predictions)).toBeCloseTo(Math.sqrt(5 / 3), 6);
  expect(measure('mae', labels, predictions)).toBeCloseTo(1, 6);
  expect(measure('mape', labels, predictions)).toBeCloseTo((0 + 1 / 2 + 2 / 4) / 3, 6);
  expect(measure('r2', labels, predictions)).toBeCloseTo(1 - 5 / (16 / 9 + 1 / 9 + 25 / 9), 5);
  expect(measure('rmsle', [0], [Math.E - 1])).toBeCloseTo(1, 6);
});

test('binary: logloss, error and error@t, auc with ties, weights', () => {
  const [labels, predictions] = [
    [0, 1, 1, 0],
    [0.1, 0.9, 0.4, 0.4],
  ];
  expect(measure('error', labels, predictions)).toBeCloseTo(1 / 4, 6);
  expect(measure('error@0.3', labels, predictions)).toBeCloseTo(1 / 4, 6);
  expect(measure('error@0.95', labels, predictions)).toBeCloseTo(2 / 4, 6);
  expect(measure('logloss', [1], [0.25])).toBeCloseTo(Math.log(4), 6);
  // Of four pairs of a positive and a negative, three are in order and one is tied.
  expect(measure('auc', labels, predictions)).toBeCloseTo(3.5 / 4, 6);
  expect(measure('error', labels, predictions, [1, 1, 3, 1])).toBeCloseTo(3 / 6, 6);
});

test('auc agrees with counting every pair, margins below zero included', () => {
  const labels = Array.from({ length: 300 }, (_, row) => Number(Math.sin(row * 7) > 0.3));
  const scores = labels.map((label, row) => Math.round(10 * (Math.sin(row * 3) + label - 0.5)) / 4);
  const weights = labels.map((_, row) => 1 + (row % 3));
  let [inOrder, pairs] = [0, 0];
  labels.forEach((positive, a) =>
    labels.forEach((negative, b) => {
      if (positive !== 1 || negative !== 0) return;
      const weight = weights[a]! * weights[b]!;
      pairs += weight;
      inOrder += weight * (scores[a]! > scores[b]! ? 1 : scores[a] === scores[b] ? 0.5 : 0);
    }),
  );
  expect(measure('auc', labels, scores, weights)).toBeCloseTo(inOrder / pairs, 9);
});

test('classes: accuracy, merror, mlogloss, f1, precision, recall', () => {
  const labels = [0, 1, 2, 2];
  const predictions = [0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.1, 0.2, 0.7, 0.1, 0.5, 0.4].map(Number);
  expect(measure('merror', labels, predictions)).toBeCloseTo(1 / 4, 6);
  expect(measure('accuracy', labels, predictions)).toBeCloseTo(3 / 4, 6);
  expect(measure('balanced_accuracy', labels, predictions)).toBeCloseTo((1 + 1 + 1 / 2) / 3, 6);
  expect(measure('precision_macro', labels, predictions)).toBeCloseTo((1 + 1 / 2 + 1) / 3, 6);
  expect(measure('f1', labels, predictions)).toBeCloseTo((1 + 2 / 3 + 2 / 3) / 3, 6);
  expect(measure('mlogloss', labels, predictions)).toBeCloseTo(-Math.log(0.8 * 0.7 * 0.7 * 0.4) / 4, 5);
  expect(measure('recall', [1, 1, 0], [0.9, 0.1, 0.8])).toBeCloseTo(1 / 2, 6);
  expect(measure('precision', [1, 1, 0], [0.9, 0.1, 0.8])).toBeCloseTo(1 / 2, 6);
});

test('an unknown metric, or a threshold where none belongs, is refused', () => {
  expect(() => evalMetricNamed('ndcg')).toThrow(/does not implement eval_metric=ndcg/);
  expect(() => evalMetricNamed('auc@0.5')).toThrow(/eval_metric=auc@0.5/);
  expect(() => evalMetricNamed('error@much')).toThrow(/eval_metric=error@much/);
  expect(() => evalMetricNamed('toString')).toThrow(/eval_metric=toString/);
});
