import { describe, expect, test } from '@jest/globals';
import { ClientError } from '../../../algorithms/algorithm.ts';
import { boost } from '../../../algorithms/xgboost/boost.ts';
import { floatText, readModel, writeModel } from '../../../algorithms/xgboost/modelJson.ts';
import { readSettings } from '../../../algorithms/xgboost/settings.ts';
import { boston } from './boston.ts';

const text = writeModel(
  boost({
    settings: readSettings({ num_round: '2', max_depth: '2' }),
    train: boston('regression').train,
    evaluate: false,
  }),
);

interface Stored {
  learner: {
    learner_model_param: Record<string, string>;
    objective: { name: string };
    gradient_booster: { name: string; model: { tree_info: number[]; trees: Record<string, number[]>[] } };
  };
}
const changed = (change: (stored: Stored) => void) => {
  const stored: Stored = JSON.parse(text);
  change(stored);
  return JSON.stringify(stored);
};

test('what is written reads back as the same model, byte for byte when written again', () => {
  expect(writeModel(readModel(text))).toBe(text);
});

test('floats are written so that XGBoost takes them for floats, in the fewest digits that read back', () => {
  expect([0, 4, -0.5, 0.1, 1 / 3].map((value) => floatText(Math.fround(value)))).toEqual([
    '0E0',
    '4E0',
    '-5E-1',
    '1E-1',
    '3.3333334E-1',
  ]);
  for (let at = 0; at < 10_000; at++) {
    const value = Math.fround(Math.sin(at) * 10 ** ((at % 40) - 20));
    expect(Math.fround(Number(floatText(value)))).toBe(value);
  }
  const [, weights = ''] = /"base_weights":\[([^\]]*)\]/.exec(text) ?? [];
  for (const number of weights.split(',')) expect(number).toMatch(/^-?\d+(\.\d+)?E-?\d+$/);
});

test('parameters are strings, the root’s parent is 2^31 - 1', () => {
  const stored: Stored = JSON.parse(text);
  expect(stored.learner.learner_model_param).toEqual({
    base_score: '5E-1',
    boost_from_average: '1',
    num_class: '0',
    num_feature: '13',
    num_target: '1',
  });
  expect(stored.learner.gradient_booster.model.trees[0]!['parents']![0]).toBe(2_147_483_647);
});

test('base_score may be a vector of one, as XGBoost 3.1 writes it', () => {
  const vector = changed(({ learner }) => void (learner.learner_model_param['base_score'] = '[2.5E-1]'));
  expect(readModel(vector).baseScore).toBe(0.25);
});

describe('a file that cannot be served is refused', () => {
  const firstTree = ({ learner }: Stored) => learner.gradient_booster.model.trees[0]!;
  test.each([
    ['not JSON', () => 'binf\u0000\u0000', /it is not JSON/],
    ['another booster', () => changed(({ learner }) => void (learner.gradient_booster.name = 'dart')), /gbtree/],
    ['another objective', () => changed(({ learner }) => void (learner.objective.name = 'rank:map')), /rank:map/],
    [
      'a walk that never ends',
      () => changed((stored) => void (firstTree(stored)['left_children']![1] = 0)),
      /not a tree/,
    ],
    [
      'a walk out of the tree',
      () => changed((stored) => void (firstTree(stored)['right_children']![0] = 99)),
      /not a tree/,
    ],
    ['an unknown feature', () => changed((stored) => void (firstTree(stored)['split_indices']![0] = 13)), /feature 13/],
    ['a categorical split', () => changed((stored) => void (firstTree(stored)['split_type']![0] = 1)), /categorical/],
    ['a short array', () => changed((stored) => void firstTree(stored)['sum_hessian']!.pop()), /differ in length/],
    ['an unknown group', () => changed((s) => void (s.learner.gradient_booster.model.tree_info[0] = 1)), /tree_info/],
  ])('%s', (_name, make, message) => {
    expect(() => readModel(make())).toThrow(message);
    expect(() => readModel(make())).toThrow(ClientError);
  });
});
