/**
 * Prediction with a model's trees. XGBoost compares float32 with float32 and sums leaves in float32 in the order of the trees;
 * doing the same makes predictions equal to its own to the last bit of the margin.
 */
import type { Matrix } from './matrix.ts';
import type { Model } from './model.ts';
import { objectiveNamed } from './objectives.ts';
import type { Objective } from './objectives.ts';
import type { Tree } from './tree.ts';

/** The value of the leaf that the row starting at `values[start]` falls into. */
export const leafOf = (tree: Tree, values: Float32Array, start: number): number => {
  let node = 0;
  let left = tree.left[0]!;
  while (left >= 0) {
    const value = values[start + tree.feature[node]!]!;
    const goesLeft = value === value ? value < tree.condition[node]! : tree.missingLeft[node]!;
    node = goesLeft ? left : tree.right[node]!;
    left = tree.left[node]!;
  }
  return tree.condition[node]!;
};

/** Adds one tree to the margins of every row of `matrix`. */
export const addTree = (tree: Tree, matrix: Matrix, margins: Float32Array) => {
  const { values, features, rows } = matrix;
  for (let row = 0; row < rows; row++) margins[row] = margins[row]! + leafOf(tree, values, row * features);
};

/** Interleaves margins by row and turns them into what the objective predicts (probabilities where it has any). */
export const transformMargins = (
  margins: readonly Float32Array[],
  objective: Pick<Objective, 'transform'>,
): Float32Array => {
  const groups = margins.length;
  const predictions = new Float32Array(margins[0]!.length * groups);
  margins.forEach((ofGroup, group) => {
    for (let row = 0; row < ofGroup.length; row++) predictions[row * groups + group] = ofGroup[row]!;
  });
  objective.transform(predictions, groups);
  return predictions;
};

/** One margin array per group for the rows of `matrix`. */
export const marginsOf = (model: Model, matrix: Matrix): Float32Array[] => {
  const base = objectiveNamed(model.objective).marginOf(model.baseScore);
  const margins = Array.from({ length: model.groups }, () => new Float32Array(matrix.rows).fill(base));
  model.trees.forEach((tree, index) => addTree(tree, matrix, margins[model.treeGroups[index]!]!));
  return margins;
};
