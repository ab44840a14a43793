import { expect, test } from '@jest/globals';
import { classWeightsOf } from '../../data/classWeights.ts';

const churn = { name: 'churn', classes: ['stays', 'leaves'] };

test('weights come in label order; a class that is not named counts 1', () => {
  expect(classWeightsOf({ leaves: 4 }, churn)).toEqual([1, 4]);
  expect(classWeightsOf({ leaves: 4, stays: 0.5 }, churn)).toEqual([0.5, 4]);
  expect(classWeightsOf('balanced', churn)).toBe('balanced');
  expect(classWeightsOf('none', { name: 'price' })).toBe('none');
});

test('a class that the target does not have is refused with the near miss, and so is a target of numbers', () => {
  expect(() => classWeightsOf({ leave: 4 }, churn)).toThrow(
    'The target "churn" has no class "leave" (train.classWeights). Expected classes among stays, leaves. Did you mean "leaves"?',
  );
  expect(() => classWeightsOf('balanced', { name: 'price' })).toThrow(
    '"price" is a number and has no classes to weigh',
  );
});
