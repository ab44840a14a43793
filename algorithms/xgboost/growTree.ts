/**
 * One tree, grown level by level as XGBoost's `hist` with grow_policy=depthwise: the histogram of the smaller child is summed
 * from its rows, the larger one's is the parent's minus that. Order matters: a node's split is found, then its rows are moved,
 * then its histogram becomes the larger child's.
 */
import type { BinnedMatrix } from './binning.ts';
import { createHistogramPool } from './histograms.ts';
import type { FeatureSampler } from './sampling.ts';
import { findSplit, weightOf } from './split.ts';
import type { Regularisation, Split } from './split.ts';
import { emptyTree, makeInner, makeLeaf, pushNode } from './tree.ts';
import type { Tree } from './tree.ts';
import type { Workspace } from './workspace.ts';

export interface GrowthSettings extends Regularisation {
  eta: number;
  gamma: number;
  /** 0 is no limit. */
  maxDepth: number;
}

/** A node that may still be split: its rows are rows[begin..end) of the work space. */
export interface Node {
  id: number;
  begin: number;
  end: number;
  gradient: number;
  hessian: number;
  /** Absent when there was no room to keep it. */
  histogram: Float64Array | undefined;
}

/** Grows trees on one binned matrix. */
export interface Grower {
  /** One tree from the pairs of `group`; its leaf values are added to the group's margins. */
  grow(group: number, sampler: FeatureSampler): Tree;
}

export const createGrower = (binned: BinnedMatrix, settings: GrowthSettings, workspace: Workspace): Grower => {
  const { kernels, columns, rows, scratch, goesLeft, leafPair } = workspace;
  const everyRow = Int32Array.from({ length: binned.rows }, (_, row) => row);
  const pool = createHistogramPool(binned, workspace);
  const eta = Math.fround(settings.eta);
  const maxDepth = settings.maxDepth === 0 ? Number.POSITIVE_INFINITY : settings.maxDepth;

  const leafValue = ({ gradient, hessian }: Node) =>
    Math.fround(Math.fround(weightOf(gradient, hessian, settings)) * eta);

  const canSplit = (node: Node, depth: number) =>
    depth < maxDepth && node.end - node.begin > 1 && node.hessian >= 2 * settings.minChildWeight;

  const finishLeaf = (tree: Tree, node: Node, margins: Float32Array) => {
    const value = leafValue(node);
    makeLeaf(tree, node.id, value);
    kernels.addLeaf(margins, rows, node.begin, node.end, value);
    pool.release(node);
  };

  const newNode = (tree: Tree, parent: number, gradient: number, hessian: number): Node => ({
    id: pushNode(tree, parent, Math.fround(weightOf(gradient, hessian, settings)), Math.fround(hessian)),
    begin: 0,
    end: binned.rows,
    gradient,
    hessian,
    histogram: undefined,
  });

  const markSides = ({ code, missingLeft }: Split, cuts: number) => {
    goesLeft.fill(1, 0, code + 1);
    goesLeft.fill(0, code + 1, cuts);
    goesLeft[cuts] = missingLeft ? 1 : 0;
  };

  const splitNode = (tree: Tree, node: Node, split: Split): [Node, Node] => {
    const cuts = binned.cuts[split.feature]!;
    markSides(split, cuts.length);
    const left = newNode(tree, node.id, split.leftGradient, split.leftHessian);
    const right = newNode(tree, node.id, node.gradient - split.leftGradient, node.hessian - split.leftHessian);
    makeInner(tree, node.id, left.id, right.id, split.feature, cuts[split.code]!, split.missingLeft, split.gain);
    return [left, right];
  };

  /** At the last level rows need not be moved: each takes the value of its side. */
  const finishPair = (tree: Tree, node: Node, feature: number, [left, right]: [Node, Node], margins: Float32Array) => {
    leafPair[1] = leafValue(left);
    leafPair[0] = leafValue(right);
    makeLeaf(tree, left.id, leafPair[1]);
    makeLeaf(tree, right.id, leafPair[0]);
    kernels.addLeafPair(margins, rows, node.begin, node.end, columns[feature]!, goesLeft, leafPair);
    pool.release(node);
  };

  /** Splits a node at `depth` or makes it a leaf; returns the children that may be split further. */
  const expand = (tree: Tree, node: Node, depth: number, group: number, features: Int32Array): Node[] => {
    const margins = workspace.margins[group]!;
    const pairs = workspace.pairs[group]!;
    const split = findSplit(pool.histogramOf(node, pairs), binned, features, node.gradient, node.hessian, settings);
    if (split.feature < 0 || split.gain < settings.gamma) {
      finishLeaf(tree, node, margins);
      return [];
    }
    const children = splitNode(tree, node, split);
    if (depth + 1 >= maxDepth) {
      finishPair(tree, node, split.feature, children, margins);
      return [];
    }
    const [left, right] = children;
    const middle = kernels.partition(rows, node.begin, node.end, columns[split.feature]!, goesLeft, scratch);
    left.begin = node.begin;
    left.end = middle;
    right.begin = middle;
    right.end = node.end;
    const growing = children.filter((child) => canSplit(child, depth + 1));
    if (growing.length > 0) pool.divide(node, children, pairs);
    else pool.release(node);
    for (const child of children) if (!growing.includes(child)) finishLeaf(tree, child, margins);
    return growing;
  };

  return {
    grow(group, sampler) {
      rows.set(everyRow);
      const tree = emptyTree();
      sampler.startTree();
      const { gradient, hessian } = kernels.sumPairs(workspace.pairs[group]!);
      const root = newNode(tree, -1, gradient, hessian);
      if (!canSplit(root, 0)) finishLeaf(tree, root, workspace.margins[group]!);
      let level = canSplit(root, 0) ? [root] : [];
      for (let depth = 0; level.length > 0; depth++) {
        sampler.startLevel();
        level = level.flatMap((node) => expand(tree, node, depth, group, sampler.forNode()));
      }
      return tree;
    },
  };
};
