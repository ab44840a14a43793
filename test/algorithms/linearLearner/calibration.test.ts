import { describe, expect, test } from '@jest/globals';
import { calibrate, countsAt } from '../../../algorithms/linearLearner/calibration.ts';
import { readSettings } from '../../../algorithms/linearLearner/settings.ts';

const scores = Float64Array.of(0.1, 0.2, 0.3, 0.35, 0.6, 0.7, 0.8, 0.9);
const labels = Float64Array.of(0, 0, 1, 0, 0, 1, 1, 1);

const threshold = (given: Record<string, string>, of = scores) => {
  const settings = readSettings({ predictor_type: 'binary_classifier', ...given }, { rows: 1000, columns: 1 });
  return calibrate(of, labels, 0.5, settings, 0.25);
};
const by = (binary_classifier_model_selection_criteria: string) => ({ binary_classifier_model_selection_criteria });

describe('the threshold', () => {
  test('of accuracy leaves the fewest rows on the wrong side', () => {
    expect(threshold(by('accuracy'))).toEqual({ threshold: (0.6 + 0.7) / 2, value: 7 / 8 });
  });

  test('of f_beta weighs recall by beta', () => {
    expect(threshold({ ...by('f_beta'), f_beta: '0.5' }).threshold).toBeCloseTo(0.65);
    expect(threshold({ ...by('f_beta'), f_beta: '3' }).threshold).toBeCloseTo(0.25);
  });

  test('of precision_at_target_recall is the most precise one that recalls enough', () => {
    expect(threshold({ ...by('precision_at_target_recall'), target_recall: '0.7' }).threshold).toBeCloseTo(0.65);
    expect(threshold({ ...by('precision_at_target_recall'), target_recall: '0.9' }).threshold).toBeCloseTo(0.25);
  });

  test('of recall_at_target_precision recalls most among those precise enough', () => {
    expect(threshold({ ...by('recall_at_target_precision'), target_precision: '0.6' }).threshold).toBeCloseTo(0.25);
    expect(threshold({ ...by('recall_at_target_precision'), target_precision: '0.9' }).threshold).toBeCloseTo(0.65);
  });

  test('of loss_function stays at one half', () => {
    expect(threshold(by('loss_function'))).toEqual({ threshold: 0.5, value: -0.25 });
  });

  test('stays at one half where that is as good as any', () => {
    expect(threshold(by('accuracy'), Float64Array.of(0.1, 0.2, 0.3, 0.35, 0.4, 0.7, 0.8, 0.9)).threshold).toBe(0.5);
  });

  test('separates neighbouring doubles', () => {
    const close = Float64Array.from(labels, (label) => (label > 0 ? 0.3 + 2 ** -54 : 0.3));
    const found = threshold(by('accuracy'), close);
    expect(found.value).toBe(1);
    expect(countsAt(close, labels, found.threshold)).toMatchObject({ truePositives: 4, falsePositives: 0 });
  });
});
