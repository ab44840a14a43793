import { describe, expect, test } from '@jest/globals';
import { lossOf } from '../../../algorithms/linearLearner/losses.ts';
import { readSettings } from '../../../algorithms/linearLearner/settings.ts';

const table = { rows: 1000, columns: 3 };
const settingsOf = (predictor_type: string, loss: string) =>
  readSettings({ predictor_type, loss, num_classes: '3', quantile: '0.3', loss_insensitivity: '0.2' }, table);

const step = 1e-6;

describe.each([
  ['regressor', 'squared_loss', [-1.5, 0, 0.7]],
  ['regressor', 'absolute_loss', [-1.5, 0, 0.7]],
  ['regressor', 'quantile_loss', [-1.5, 0, 0.7]],
  ['regressor', 'huber_loss', [-1.5, 0.1, 0.7]],
  ['regressor', 'eps_insensitive_squared_loss', [-1.5, 0.1, 0.7]],
  ['regressor', 'eps_insensitive_absolute_loss', [-1.5, 0.1, 0.7]],
  ['binary_classifier', 'logistic', [0, 1]],
  ['binary_classifier', 'hinge_loss', [0, 1]],
  ['multiclass_classifier', 'softmax_loss', [0, 1, 2]],
])('%s with %s', (predictorType, name, labels) => {
  const settings = settingsOf(predictorType, name);
  const loss = lossOf(settings);
  const slopes = new Float64Array(settings.outputs);

  test('its slope is the change of its value', () => {
    for (const label of labels) {
      for (const at of [-2.3, -0.4, 0.33, 2.6]) {
        const outputs = Float64Array.from({ length: settings.outputs }, (_, index) => at + index * 0.3);
        loss.row(outputs, label, slopes);
        const found = slopes.slice();
        for (let output = 0; output < outputs.length; output++) {
          const moved = (by: number) => {
            const other = outputs.slice();
            other[output]! += by;
            return loss.row(other, label, slopes);
          };
          expect((moved(step) - moved(-step)) / (2 * step)).toBeCloseTo(found[output]!, 4);
        }
      }
    }
  });

  test('it is finite far away', () => {
    for (const label of labels) {
      expect(loss.row(new Float64Array(settings.outputs).fill(-900), label, slopes)).toBeLessThan(Infinity);
      expect(
        loss.row(
          Float64Array.from(slopes, (_, index) => 1e4 * index),
          label,
          slopes,
        ),
      ).toBeLessThan(Infinity);
      expect(slopes.every(Number.isFinite)).toBe(true);
    }
  });
});

test('auto is the first loss of each predictor type', () => {
  expect(settingsOf('regressor', 'auto').loss).toBe('squared_loss');
  expect(settingsOf('binary_classifier', 'auto').loss).toBe('logistic');
  expect(settingsOf('multiclass_classifier', 'auto').loss).toBe('softmax_loss');
});
