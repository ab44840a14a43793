import { expect, test } from '@jest/globals';
import { binMatrix } from '../../../algorithms/xgboost/binning.ts';
import { boost } from '../../../algorithms/xgboost/boost.ts';
import { leafOf } from '../../../algorithms/xgboost/forest.ts';
import { createGrower } from '../../../algorithms/xgboost/growTree.ts';
import { createFeatureSampler } from '../../../algorithms/xgboost/sampling.ts';
import { readSettings } from '../../../algorithms/xgboost/settings.ts';
import { createWorkspace } from '../../../algorithms/xgboost/workspace.ts';
import { boston } from './boston.ts';

const { train } = boston('regression', true);
const settings = readSettings({ num_round: '1', max_depth: '8', min_child_weight: '0' });

/** One tree with room for as many histograms as a tree of `roomFor` levels needs. */
const growWithRoomFor = (roomFor: number) => {
  const binned = binMatrix(train, settings.maxBin);
  const workspace = createWorkspace(binned, train.labels, 1, roomFor);
  for (let row = 0; row < train.rows; row++) workspace.pairs[0]!.set([0.5 - train.labels[row]!, 1], 2 * row);
  const sampler = createFeatureSampler(train.features, settings.columns, () => 0);
  return { tree: createGrower(binned, settings, workspace).grow(0, sampler), margins: workspace.margins[0]! };
};

test('a tree grown without room for its histograms is the same tree', () => {
  expect(growWithRoomFor(1).tree.feature).toEqual(growWithRoomFor(8).tree.feature);
  expect(growWithRoomFor(1).tree.condition).toEqual(growWithRoomFor(8).tree.condition);
});

test('the margins it leaves are those of walking the rows down the tree', () => {
  const { tree, margins } = growWithRoomFor(8);
  margins.forEach((margin, row) => expect(margin).toBe(leafOf(tree, train.values, row * train.features)));
});

test('max_depth=0 grows until nothing is left to gain', () => {
  const unlimited = readSettings({ num_round: '1', max_depth: '0', eta: '1', lambda: '0', max_bin: '1024' });
  const [tree] = boost({ settings: unlimited, train, evaluate: false }).trees;
  for (let row = 0; row < train.rows; row++)
    expect(0.5 + leafOf(tree!, train.values, row * train.features)).toBeCloseTo(train.labels[row]!, 4);
});

test('columns and entries of two and four bytes grow the tree of one and two', () => {
  const columns = 300;
  const wide = {
    ...train,
    features: columns,
    values: Float32Array.from({ length: train.rows * columns }, (_, at) => Math.sin(at * (1 + (at % columns)))),
  };
  const few = boost({ settings: readSettings({ num_round: '2', max_bin: '16' }), train: wide, evaluate: false });
  const many = boost({ settings: readSettings({ num_round: '2', max_bin: '1024' }), train: wide, evaluate: false });
  for (const model of [few, many]) {
    const tree = model.trees[0]!;
    const rootFeature = tree.feature[0]!;
    const left = Array.from({ length: train.rows }, (_, row) => wide.values[row * columns + rootFeature]!).filter(
      (value) => value < tree.condition[0]!,
    );
    expect(tree.cover[1]).toBe(left.length);
  }
  expect(binMatrix(wide, 1024).entries).toBeInstanceOf(Uint32Array);
  expect(binMatrix(wide, 16).entries).toBeInstanceOf(Uint16Array);
});
