import { describe, expect, test } from '@jest/globals';
import { boost } from '../../../algorithms/xgboost/boost.ts';
import { readSettings } from '../../../algorithms/xgboost/settings.ts';
import { gainOf, weightOf } from '../../../algorithms/xgboost/split.ts';
import { matrixOf } from './boston.ts';

const plain = { lambda: 1, alpha: 0, minChildWeight: 1, maxDeltaStep: 0 };
const gap = Number.NaN;

/** One tree of depth 1 on one column, squared error, base_score 0.5: gradients are 0.5 - label and hessians 1. */
const stump = (column: number[], labels: number[], more: Record<string, string> = {}) => {
  const train = matrixOf(
    column.map((value) => [value]),
    labels,
  );
  const settings = readSettings({ num_round: '1', max_depth: '1', eta: '1', min_child_weight: '0', ...more });
  return boost({ settings, train, evaluate: false }).trees[0]!;
};

describe('the arithmetic of the paper, by hand', () => {
  test('four rows, gradients ½ ½ -½ -½: the middle cut gains 1/3 + 1/3 and leaves weigh -1/3 and 1/3', () => {
    const tree = stump([1, 2, 3, 4], [0, 0, 1, 1]);
    expect(tree.condition[0]).toBe(3);
    expect(tree.gain[0]).toBeCloseTo(1 / (2 + 1) + 1 / (2 + 1) - 0, 6);
    expect(tree.condition[1]).toBeCloseTo(-1 / 3, 6);
    expect(tree.condition[2]).toBeCloseTo(1 / 3, 6);
    expect(tree.cover).toEqual([4, 2, 2]);
  });

  test('lambda shrinks: with 0 the leaves are the exact corrections, with 2 half of that', () => {
    expect(stump([1, 2, 3, 4], [0, 0, 1, 1], { lambda: '0' }).condition.slice(1)).toEqual([-0.5, 0.5]);
    expect(stump([1, 2, 3, 4], [0, 0, 1, 1], { lambda: '2' }).condition.slice(1)).toEqual([-0.25, 0.25]);
  });

  test('alpha takes its share off the gradient before anything else', () => {
    expect(weightOf(1, 2, { ...plain, alpha: 0.25 })).toBeCloseTo(-0.75 / 3, 9);
    expect(weightOf(-1, 2, { ...plain, alpha: 0.25 })).toBeCloseTo(0.75 / 3, 9);
    expect(weightOf(0.2, 2, { ...plain, alpha: 0.25 })).toBe(0);
    expect(gainOf(1, 2, { ...plain, alpha: 0.25 })).toBeCloseTo(0.75 ** 2 / 3, 6);
  });

  test('max_delta_step bounds the weight, and the gain is then that of the bounded weight', () => {
    const by = { ...plain, maxDeltaStep: 0.1 };
    expect(weightOf(1, 2, by)).toBeCloseTo(-0.1, 9);
    expect(gainOf(1, 2, by)).toBeCloseTo(-(2 * 1 * -0.1 + 3 * 0.01), 6);
  });

  test('gamma and min_child_weight refuse the split', () => {
    expect(stump([1, 2, 3, 4], [0, 0, 1, 1], { gamma: '0.66' }).left[0]).toBe(1);
    expect(stump([1, 2, 3, 4], [0, 0, 1, 1], { gamma: '0.67' }).left[0]).toBe(-1);
    expect(stump([1, 2, 3, 4], [0, 0, 1, 1], { min_child_weight: '2' }).left[0]).toBe(1);
    expect(stump([1, 2, 3, 4], [0, 0, 1, 1], { min_child_weight: '2.5' }).left[0]).toBe(-1);
  });
});

describe('missing values', () => {
  test('go where the labels they carry gain most', () => {
    expect(stump([1, 2, 3, 4, gap, gap], [0, 0, 1, 1, 1, 1]).missingLeft[0]).toBe(false);
    expect(stump([1, 2, 3, 4, gap, gap], [0, 0, 1, 1, 0, 0]).missingLeft[0]).toBe(true);
  });

  test('can be split from the present ones when that is all there is to see', () => {
    const tree = stump([7, 7, 7, gap, gap, gap], [0, 0, 0, 1, 1, 1]);
    expect(tree.left[0]).toBe(1);
    expect(tree.condition[0]).toBeGreaterThan(7);
    expect(tree.missingLeft[0]).toBe(false);
  });

  test('a column without any value is never split on', () => {
    expect(stump([gap, gap, gap, gap], [0, 0, 1, 1]).left[0]).toBe(-1);
  });
});
