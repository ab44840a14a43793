/**
 * One tree, grown level by level as XGBoost's `hist` with grow_policy=depthwise: the histogram of the smaller child is summed
 * from its rows, the larger one's is the parent's minus that. Order matters: a node's split is found, then its rows are moved,
 * then its histogram becomes the larger child's.
 */
import type { BinnedMatrix } from './binning.ts';
import { addLeaf, addLeafPair, addToHistogram, fillFrequent, partitionRows, subtractHistogram } from './kernels.ts';
import type { FeatureSampler } from './sampling.ts';
import { findSplit, weightOf } from './split.ts';
import type { Regularisation } from './split.ts';
import { emptyTree, makeInner, makeLeaf, pushNode } from './tree.ts';
import type { Tree } from './tree.ts';

export interface GrowthSettings extends Regularisation {
  eta: number;
  gamma: number;
  /** 0 is no limit. */
  maxDepth: number;
}

interface Node {
  id: number;
  begin: number;
  end: number;
  gradient: number;
  hessian: number;
  histogram: Float64Array | undefined;
}

/** Grows trees on one binned matrix, keeping its work space between them. */
export interface Grower {
  /** `pairs` holds gradient and hessian of each row; leaf values are added to `margins`. */
  grow(pairs: Float32Array, margins: Float32Array, sampler: FeatureSampler): Tree;
}

const sumPairs = (pairs: Float32Array) => {
  let gradient = 0;
  let hessian = 0;
  for (let at = 0; at < pairs.length; at += 2) {
    gradient += pairs[at]!;
    hessian += pairs[at + 1]!;
  }
  return { gradient, hessian };
};

export const createGrower = (binned: BinnedMatrix, settings: GrowthSettings): Grower => {
  const { offsets, frequent, rowStart, entries, columns } = binned;
  const rows = new Int32Array(binned.rows);
  const scratch = new Int32Array(binned.rows);
  const everyRow = Int32Array.from({ length: binned.rows }, (_, row) => row);
  const goesLeft = new Uint8Array(1 << 16);
  const leafPair = new Float32Array(2);
  const spare: Float64Array[] = [];
  const eta = Math.fround(settings.eta);
  const maxDepth = settings.maxDepth === 0 ? Number.POSITIVE_INFINITY : settings.maxDepth;

  const leafValue = (gradient: number, hessian: number) =>
    Math.fround(Math.fround(weightOf(gradient, hessian, settings)) * eta);

  const canSplit = (node: Node, depth: number) =>
    depth < maxDepth && node.end - node.begin > 1 && node.hessian >= 2 * settings.minChildWeight;

  const sumHistogram = (node: Node, pairs: Float32Array) => {
    const histogram = spare.pop()?.fill(0) ?? new Float64Array(2 * offsets[binned.features]!);
    addToHistogram(histogram, rows, node.begin, node.end, rowStart, entries, pairs);
    fillFrequent(histogram, offsets, frequent, node.gradient, node.hessian);
    node.histogram = histogram;
  };

  const release = (node: Node) => {
    if (node.histogram) spare.push(node.histogram);
    node.histogram = undefined;
  };

  const finishLeaf = (tree: Tree, node: Node, margins: Float32Array) => {
    const value = leafValue(node.gradient, node.hessian);
    makeLeaf(tree, node.id, value);
    addLeaf(margins, rows, node.begin, node.end, value);
    release(node);
  };

  const newNode = (
    tree: Tree,
    parent: number,
    gradient: number,
    hessian: number,
    begin: number,
    end: number,
  ): Node => ({
    id: pushNode(tree, parent, Math.fround(weightOf(gradient, hessian, settings)), Math.fround(hessian)),
    begin,
    end,
    gradient,
    hessian,
    histogram: undefined,
  });

  /** Splits a node at `depth`; returns the children that may be split further. */
  const expand = (
    tree: Tree,
    node: Node,
    depth: number,
    pairs: Float32Array,
    margins: Float32Array,
    features: Int32Array,
  ) => {
    const split = node.histogram && findSplit(node.histogram, binned, features, node.gradient, node.hessian, settings);
    if (!node.histogram || !split || split.feature < 0 || split.gain < settings.gamma) {
      finishLeaf(tree, node, margins);
      return [];
    }
    const cuts = binned.cuts[split.feature]!;
    const codes = columns[split.feature]!;
    goesLeft.fill(1, 0, split.code + 1);
    goesLeft.fill(0, split.code + 1, cuts.length);
    goesLeft[cuts.length] = split.missingLeft ? 1 : 0;
    const rightGradient = node.gradient - split.leftGradient;
    const rightHessian = node.hessian - split.leftHessian;
    const left = newNode(tree, node.id, split.leftGradient, split.leftHessian, node.begin, node.begin);
    const right = newNode(tree, node.id, rightGradient, rightHessian, node.end, node.end);
    makeInner(tree, node.id, left.id, right.id, split.feature, cuts[split.code]!, split.missingLeft, split.gain);
    if (depth + 1 >= maxDepth) {
      leafPair[1] = leafValue(left.gradient, left.hessian);
      leafPair[0] = leafValue(right.gradient, right.hessian);
      makeLeaf(tree, left.id, leafPair[1]);
      makeLeaf(tree, right.id, leafPair[0]);
      addLeafPair(margins, rows, node.begin, node.end, codes, goesLeft, leafPair);
      release(node);
      return [];
    }
    const middle = partitionRows(rows, node.begin, node.end, codes, goesLeft, scratch);
    left.end = middle;
    right.begin = middle;
    const [smaller, larger] = middle - node.begin <= node.end - middle ? [left, right] : [right, left];
    if (canSplit(smaller, depth + 1) || canSplit(larger, depth + 1)) {
      sumHistogram(smaller, pairs);
      subtractHistogram(node.histogram, smaller.histogram!);
      larger.histogram = node.histogram;
      node.histogram = undefined;
    } else release(node);
    const growing: Node[] = [];
    for (const child of [left, right]) {
      if (canSplit(child, depth + 1)) growing.push(child);
      else finishLeaf(tree, child, margins);
    }
    return growing;
  };

  return {
    grow(pairs, margins, sampler) {
      rows.set(everyRow);
      const tree = emptyTree();
      sampler.startTree();
      const { gradient, hessian } = sumPairs(pairs);
      const root = newNode(tree, -1, gradient, hessian, 0, binned.rows);
      if (canSplit(root, 0)) sumHistogram(root, pairs);
      let level = [root];
      for (let depth = 0; level.length > 0; depth++) {
        sampler.startLevel();
        level = level.flatMap((node) => expand(tree, node, depth, pairs, margins, sampler.forNode()));
      }
      return tree;
    },
  };
};
