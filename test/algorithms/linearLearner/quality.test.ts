import { expect, test } from '@jest/globals';
import {
  binaryQuality,
  multiclassQuality,
  regressionQuality,
  type Quality,
} from '../../../algorithms/linearLearner/quality.ts';
import { readSettings } from '../../../algorithms/linearLearner/settings.ts';

const table = { rows: 1000, columns: 1 };
const values = (qualities: readonly Quality[]) => Object.fromEntries(qualities.map(({ name, value }) => [name, value]));

test('of a regression, in label units', () => {
  expect(values(regressionQuality(Float64Array.of(1, 2, 3), Float64Array.of(1, 4, 2)))).toEqual({
    mse: 5 / 3,
    rmse: Math.sqrt(5 / 3),
    absolute_loss: 1,
  });
});

test('of a binary classifier: 2 of 3 positives found, 1 of 2 negatives called positive, one tie', () => {
  const settings = readSettings({ predictor_type: 'binary_classifier', f_beta: '2' }, table);
  const scores = Float64Array.of(0.9, 0.6, 0.4, 0.6, 0.1);
  const labels = Float64Array.of(1, 1, 1, 0, 0);
  expect(values(binaryQuality(scores, labels, 0.5, settings))).toEqual({
    binary_classification_accuracy: 3 / 5,
    'binary_f_2.000': 2 / 3,
    precision: 2 / 3,
    recall: 2 / 3,
    // Of the six pairs of a positive and a negative four and a half are in order.
    roc_auc_score: 4.5 / 6,
  });
});

test('of a multiclass classifier, macro averages over the classes that occur', () => {
  const settings = readSettings(
    { predictor_type: 'multiclass_classifier', num_classes: '3', accuracy_top_k: '2' },
    table,
  );
  // Rows: class 0 ranked first; class 0 ranked second behind 1; class 1 ranked third behind 0 and 2. Class 2 does not occur.
  const scores = Float64Array.of(3, 2, 1, 2, 3, 1, 3, 1, 2);
  const found = values(multiclassQuality(scores, Float64Array.of(0, 0, 1), settings));
  expect(found['multiclass_accuracy']).toBeCloseTo(1 / 3);
  expect(found['multiclass_top_k_accuracy_2']).toBeCloseTo(2 / 3);
  expect(found['dcg']).toBeCloseTo((1 + 1 / Math.log2(3) + 1 / 2) / 3);
  expect(found['macro_recall']).toBeCloseTo((1 / 2 + 0) / 2);
  expect(found['macro_precision']).toBeCloseTo((1 / 2 + 0) / 2);
  expect(found['macro_f_1.000']).toBeCloseTo((1 / 2 + 0) / 2);
});
