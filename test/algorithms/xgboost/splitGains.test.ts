/** The gain of splits, against the dump that XGBoost itself made of the same model. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { boost } from '../../../algorithms/xgboost/boost.ts';
import { writeModel } from '../../../algorithms/xgboost/modelJson.ts';
import { readSettings } from '../../../algorithms/xgboost/settings.ts';
import { readSplitGains } from '../../../algorithms/xgboost/splitGains.ts';
import { boston } from './boston.ts';

const recorded = resolve('..', 'shared', 'facts', 'xgboost-models');
const withRecorded = existsSync(recorded) ? test : test.skip;
const bytesOf = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

const tree = {
  left_children: [1, -1, -1, -1],
  right_children: [2, -1, -1, -1],
  // The last node was pruned: nobody points to it, and XGBoost leaves a mark for its feature.
  split_indices: [3, 0, 0, 2_147_483_647],
  loss_changes: [7.5, 0, 0, 4],
};
const file = (booster: unknown) => bytesOf({ learner: { gradient_booster: booster } });
const gbtree = (trees: unknown[]) => ({ name: 'gbtree', model: { trees } });

withRecorded('total gain and number of splits are those of XGBoost’s own dump', () => {
  const dump = readFileSync(join(recorded, 'binary-dump.txt'), 'utf8');
  const model = readFileSync(join(recorded, 'binary.json'));
  const { learner } = JSON.parse(model.toString()) as { learner: { feature_names: string[] } };
  const told = new Map<string, { gain: number; splits: number }>();
  for (const [, name = '', gain] of dump.matchAll(/\[([^<\]]+)<[^\]]*\].*gain=([^,]+)/g)) {
    const before = told.get(name) ?? { gain: 0, splits: 0 };
    told.set(name, { gain: before.gain + Number(gain), splits: before.splits + 1 });
  }
  expect(told.size).toBeGreaterThan(3);
  const read = readSplitGains(model);
  expect(read.size).toBe(told.size);
  for (const [feature, { gain, splits }] of read) {
    const own = told.get(learner.feature_names[feature] ?? '');
    expect(splits).toBe(own?.splits);
    expect(gain / (own?.gain ?? 0)).toBeCloseTo(1, 6);
  }
});

test('of a model of our own trainer, too', () => {
  const model = boost({
    settings: readSettings({ num_round: '5', max_depth: '3' }),
    train: boston('regression').train,
    evaluate: false,
  });
  const gains = readSplitGains(bytesOf(writeModel(model)));
  const inner = model.trees.reduce((sum, { left }) => sum + left.filter((child) => child !== -1).length, 0);
  expect([...gains.values()].reduce((sum, { splits }) => sum + splits, 0)).toBe(inner);
  expect(inner).toBeGreaterThan(10);
});

test('nodes that were pruned do not count, and dart has its trees one level deeper', () => {
  const expected = new Map([[3, { gain: 15, splits: 2 }]]);
  expect(readSplitGains(file(gbtree([tree, tree])))).toEqual(expected);
  expect(readSplitGains(file({ name: 'dart', gbtree: gbtree([tree, tree]), weight_drop: [1, 1] }))).toEqual(expected);
});

describe('what cannot be read says why:', () => {
  test.each([
    ['binary JSON', Buffer.from('7b4c0000000000000007', 'hex'), 'binary JSON (UBJSON)'],
    ['the deprecated format', Buffer.from('0000003f0d000000', 'hex'), 'a binary format'],
    ['a pickled model', Buffer.from('80049573', 'hex'), 'a binary format'],
    ['an empty file', Buffer.alloc(0), 'a binary format'],
    ['half of a file', bytesOf(file(gbtree([tree]))).subarray(0, 60), 'not JSON to its end'],
    ['a linear booster', file({ name: 'gblinear', model: { weights: [1] } }), 'booster=gbtree or dart'],
    ['a tree without gains', file(gbtree([{ ...tree, loss_changes: undefined }])), 'loss_changes'],
    ['a cycle', file(gbtree([{ ...tree, left_children: [0, -1, -1, -1] }])), 'not a tree at node 0'],
    ['a child that is not there', file(gbtree([{ ...tree, right_children: [9, -1, -1, -1] }])), 'not a tree at node 9'],
  ])('%s', (_, bytes, why) => {
    expect(() => readSplitGains(bytes)).toThrow(RangeError);
    expect(() => readSplitGains(bytes)).toThrow(why);
  });
});
