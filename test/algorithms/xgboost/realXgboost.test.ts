import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { boost } from '../../../algorithms/xgboost/boost.ts';
import { marginsOf, transformMargins } from '../../../algorithms/xgboost/forest.ts';
import { readModel, writeModel } from '../../../algorithms/xgboost/modelJson.ts';
import { objectiveNamed } from '../../../algorithms/xgboost/objectives.ts';
import { readSettings } from '../../../algorithms/xgboost/settings.ts';
import type { Model } from '../../../algorithms/xgboost/model.ts';
import type { Matrix } from '../../../algorithms/xgboost/matrix.ts';
import { boston } from './boston.ts';

interface Recorded {
  hyperparameters: Record<string, string>;
  predictions: number[][];
  /** The file XGBoost 1.7.4 saved. */
  model: string;
}

const recorded = (name: string): Recorded =>
  JSON.parse(readFileSync(new URL(`../../fixtures/xgboost/${name}.json`, import.meta.url), 'utf8'));

const predict = (model: Model, matrix: Matrix) => {
  const flat = transformMargins(marginsOf(model, matrix), objectiveNamed(model.objective));
  return Array.from({ length: matrix.rows }, (_, row) => [
    ...flat.subarray(row * model.groups, (row + 1) * model.groups),
  ]);
};

const largestDifference = (a: readonly number[][], b: readonly number[][]) =>
  Math.max(...a.flatMap((row, at) => row.map((value, column) => Math.abs(value - b[at]![column]!))));

const cases = {
  regression: boston('regression'),
  missing: boston('binary', true),
  regularised: boston('binary', true),
  bounded: boston('binary'),
  multiclass: boston('multiclass'),
};

describe.each(Object.entries(cases))('against what XGBoost 1.7.4 recorded: %s', (name, { train, test: heldOut }) => {
  const { hyperparameters, predictions, model } = recorded(name);
  const theirs = readModel(model);
  const ours = boost({ settings: readSettings(hyperparameters), train, evaluate: false });

  test('its model file is served with its predictions', () => {
    expect(largestDifference(predict(theirs, heldOut), predictions)).toBeLessThan(1e-6);
  });

  test('training grows the same trees: features, cuts, directions of missing values', () => {
    expect(ours.trees).toHaveLength(theirs.trees.length);
    ours.trees.forEach((tree, id) => {
      const real = theirs.trees[id]!;
      expect(tree.left).toEqual(real.left);
      expect(tree.right).toEqual(real.right);
      expect(tree.feature).toEqual(real.feature);
      expect(tree.missingLeft).toEqual(real.missingLeft);
      const isInner = (node: number) => tree.left[node]! >= 0;
      expect(tree.condition.filter((_, node) => isInner(node))).toEqual(
        real.condition.filter((_, node) => isInner(node)),
      );
    });
  });

  test('leaf values, gains and covers agree to float32', () => {
    ours.trees.forEach((tree, id) => {
      for (const key of ['condition', 'gain', 'cover'] as const) {
        tree[key].forEach((value, node) => {
          const real = theirs.trees[id]![key][node]!;
          expect(Math.abs(value - real)).toBeLessThan(1e-4 * Math.max(1, Math.abs(real)));
        });
      }
    });
  });

  test('and what we write predicts the same after being read again', () => {
    const again = readModel(writeModel(ours));
    expect(again.trees).toEqual(ours.trees);
    expect(largestDifference(predict(again, heldOut), predictions)).toBeLessThan(2e-5);
  });
});
