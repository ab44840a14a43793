/**
 * The regularised objective of a node and the best split of one histogram, after Chen & Guestrin 2016 (equations 5 to 7 and
 * algorithms 1 and 3) with XGBoost's own conventions: the gain has no factor 1/2, gains are compared as float32 so that equal
 * splits tie as they do there, and a tie keeps the lower feature and the lower cut.
 */
import type { BinnedMatrix } from './binning.ts';

/** What regularises a split and a leaf. */
export interface Regularisation {
  lambda: number;
  alpha: number;
  minChildWeight: number;
  maxDeltaStep: number;
}

const softThreshold = (gradient: number, alpha: number) => {
  if (gradient > alpha) return gradient - alpha;
  return gradient < -alpha ? gradient + alpha : 0;
};

/** The leaf weight that minimises the node's objective, before shrinkage by eta. */
export const weightOf = (gradient: number, hessian: number, by: Regularisation): number => {
  if (hessian < by.minChildWeight || hessian <= 0) return 0;
  // Adding zero turns -0 into 0, which is how it would come back from a model file.
  const weight = -softThreshold(gradient, by.alpha) / (hessian + by.lambda) + 0;
  if (by.maxDeltaStep === 0) return weight;
  return Math.max(-by.maxDeltaStep, Math.min(by.maxDeltaStep, weight));
};

/** What the node's optimal weight takes off the objective, times 2. */
export const gainOf = (gradient: number, hessian: number, by: Regularisation): number => {
  if (hessian <= 0) return 0;
  if (by.maxDeltaStep === 0) {
    const pull = by.alpha === 0 ? gradient : softThreshold(gradient, by.alpha);
    return Math.fround((pull * pull) / (hessian + by.lambda));
  }
  const weight = weightOf(gradient, hessian, by);
  return Math.fround(-(2 * gradient * weight + (hessian + by.lambda) * weight * weight) + by.alpha * Math.abs(weight));
};

/** The best split found so far; `feature` is -1 while there is none. */
export interface Split {
  feature: number;
  /** Codes up to and with this one go left. */
  code: number;
  missingLeft: boolean;
  gain: number;
  leftGradient: number;
  leftHessian: number;
}

export const noSplit = (): Split => ({
  feature: -1,
  code: 0,
  missingLeft: false,
  gain: 0,
  leftGradient: 0,
  leftHessian: 0,
});

// XGBoost takes no split whose gain is not above this (kRtEps).
const smallestGain = Math.fround(1e-6);

/** Cuts from the smallest upwards, missing values on the right. */
const scanUp = (
  histogram: Float64Array,
  first: number,
  cuts: number,
  feature: number,
  gradient: number,
  hessian: number,
  nodeGain: number,
  by: Regularisation,
  best: Split,
) => {
  let leftGradient = 0;
  let leftHessian = 0;
  for (let code = 0; code < cuts; code++) {
    const cell = 2 * (first + code);
    const cellHessian = histogram[cell + 1]!;
    if (cellHessian === 0 && histogram[cell] === 0) continue;
    leftGradient += histogram[cell]!;
    leftHessian += cellHessian;
    const rightHessian = hessian - leftHessian;
    if (leftHessian < by.minChildWeight) continue;
    if (rightHessian < by.minChildWeight) break;
    const gain = Math.fround(
      Math.fround(gainOf(leftGradient, leftHessian, by) + gainOf(gradient - leftGradient, rightHessian, by)) - nodeGain,
    );
    if (gain > best.gain) {
      best.feature = feature;
      best.code = code;
      best.missingLeft = false;
      best.gain = gain;
      best.leftGradient = leftGradient;
      best.leftHessian = leftHessian;
    }
  }
};

/** Cuts from the largest downwards, missing values on the left. */
const scanDown = (
  histogram: Float64Array,
  first: number,
  cuts: number,
  feature: number,
  gradient: number,
  hessian: number,
  nodeGain: number,
  by: Regularisation,
  best: Split,
) => {
  let rightGradient = 0;
  let rightHessian = 0;
  for (let code = cuts - 1; code > 0; code--) {
    const cell = 2 * (first + code);
    const cellHessian = histogram[cell + 1]!;
    if (cellHessian === 0 && histogram[cell] === 0) continue;
    rightGradient += histogram[cell]!;
    rightHessian += cellHessian;
    const leftHessian = hessian - rightHessian;
    if (rightHessian < by.minChildWeight) continue;
    if (leftHessian < by.minChildWeight) break;
    const gain = Math.fround(
      Math.fround(gainOf(gradient - rightGradient, leftHessian, by) + gainOf(rightGradient, rightHessian, by)) -
        nodeGain,
    );
    if (gain > best.gain) {
      best.feature = feature;
      best.code = code - 1;
      best.missingLeft = true;
      best.gain = gain;
      best.leftGradient = gradient - rightGradient;
      best.leftHessian = leftHessian;
    }
  }
};

/** The split of largest gain among `features` (ascending), for a node with these sums. */
export const findSplit = (
  histogram: Float64Array,
  binned: BinnedMatrix,
  features: Int32Array,
  gradient: number,
  hessian: number,
  by: Regularisation,
): Split => {
  const best = noSplit();
  best.gain = smallestGain;
  const nodeGain = gainOf(gradient, hessian, by);
  for (let index = 0; index < features.length; index++) {
    const feature = features[index]!;
    const first = binned.offsets[feature]!;
    const cuts = binned.cuts[feature]!.length;
    scanUp(histogram, first, cuts, feature, gradient, hessian, nodeGain, by, best);
    if (binned.hasMissing[feature] === 0) continue;
    const missing = 2 * (first + cuts);
    if (histogram[missing] !== 0 || histogram[missing + 1] !== 0)
      scanDown(histogram, first, cuts, feature, gradient, hessian, nodeGain, by, best);
  }
  return best;
};
