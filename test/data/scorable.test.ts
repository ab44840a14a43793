/** Whether the rows suffice for what is to be measured on them. */
import { expect, test } from '@jest/globals';
import {
  classesWithoutRows,
  refuseNoThreshold,
  refuseUnchoosable,
  refuseUnscorableFolds,
} from '../../data/scorable.ts';
import type { FoldRows } from '../../data/split.ts';
import type { Target } from '../../data/target.ts';
import { InputError } from '../../spec/errors.ts';

const target = (problem: Target['problem'], classes?: string[]): Target => ({
  name: 'churn',
  problem,
  numeric: false,
  reason: 'said so',
  ...(classes && { classes }),
});
const two = target('binary', ['stays', 'leaves']);
const three = target('multiclass', ['red', 'green', 'blue']);
const fold = (labels: Partial<FoldRows>): FoldRows => ({
  test: 9,
  train: 20,
  trainLabels: [10, 10],
  validationLabels: [5, 5],
  testLabels: [5, 4],
  ...labels,
});

test('a fold of two classes that has one only is named, with what to do', () => {
  const folds = [fold({}), fold({ testLabels: [9, 0] })];
  expect(() => refuseUnscorableFolds({ folds: [fold({})] }, two)).not.toThrow();
  expect(() => refuseUnscorableFolds({ folds }, two)).toThrow(InputError);
  expect(() => refuseUnscorableFolds({ folds }, two)).toThrow(
    'Fold 2 has 9 rows to score, none of them of the class "leaves" of the target "churn" (prepare.split.folds). Expected rows of both classes in every fold. Take fewer folds',
  );
});

test('of more classes a fold may lack one, and says which', () => {
  const own = fold({ testLabels: [4, 0, 5] });
  expect(() => refuseUnscorableFolds({ folds: [own] }, three)).not.toThrow();
  expect(classesWithoutRows(own, three)).toEqual(['green']);
  expect(classesWithoutRows(fold({ testLabels: [] }), target('regression'))).toEqual([]);
});

test('a threshold is for two classes', () => {
  expect(() => refuseNoThreshold(two)).not.toThrow();
  expect(() => refuseNoThreshold(three)).toThrow('"churn" has 3 classes (evaluate.threshold)');
  expect(() => refuseNoThreshold(target('regression'))).toThrow('"churn" is a number (evaluate.threshold)');
});

test('a threshold is chosen on validation rows of both classes, in every fold', () => {
  const folds = [fold({}), fold({ validationLabels: [0, 3] })];
  expect(() => refuseUnchoosable({ validationLabels: [5, 5], folds: [fold({})] }, two)).not.toThrow();
  expect(() => refuseUnchoosable({ validationLabels: [5, 0], folds: [] }, two)).toThrow(
    'on the validation rows, none of which has the class "leaves" of the target "churn" (evaluate.threshold)',
  );
  expect(() => refuseUnchoosable({ validationLabels: [5, 5], folds }, two)).toThrow(
    'on the validation rows outside fold 2, none of which has the class "stays"',
  );
});
