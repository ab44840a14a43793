/**
 * Histograms of the nodes that wait to be split. There is room for a fixed number, since the memory cannot grow without
 * detaching every array in it; a node that finds none free sums its rows once more when its turn comes.
 */
import type { BinnedMatrix } from './binning.ts';
import type { Node } from './growTree.ts';
import type { Workspace } from './workspace.ts';

/** Gives each feature's left-out code the rest of the node's sums. */
const fillFrequent = (
  histogram: Float64Array,
  offsets: Int32Array,
  frequent: Int32Array,
  gradient: number,
  hessian: number,
) => {
  // What is left of an empty cell is rounding, and must not look like a row.
  const residue = 1e-10 * hessian;
  const gradientResidue = residue + 1e-10 * Math.abs(gradient);
  for (let feature = 0; feature < frequent.length; feature++) {
    const first = 2 * offsets[feature]!;
    const last = 2 * offsets[feature + 1]!;
    let restGradient = gradient;
    let restHessian = hessian;
    for (let cell = first; cell < last; cell += 2) {
      restGradient -= histogram[cell]!;
      restHessian -= histogram[cell + 1]!;
    }
    if (restHessian <= residue && Math.abs(restGradient) <= gradientResidue) continue;
    const target = first + 2 * frequent[feature]!;
    histogram[target] = restGradient;
    histogram[target + 1] = restHessian;
  }
};

export const createHistogramPool = (binned: BinnedMatrix, workspace: Workspace) => {
  const { kernels, rows, rowStart, entries } = workspace;
  const [passing, ...free] = workspace.histograms;

  const sumRows = (histogram: Float64Array, node: Node, pairs: Float32Array) => {
    histogram.fill(0);
    kernels.addToHistogram(histogram, rows, node.begin, node.end, rowStart, entries, pairs);
    fillFrequent(histogram, binned.offsets, binned.frequent, node.gradient, node.hessian);
    return histogram;
  };

  const release = (node: Node) => {
    if (node.histogram) free.push(node.histogram);
    node.histogram = undefined;
  };

  return {
    release,
    /** The node's histogram, summed now if none was kept; valid until the next call. */
    histogramOf(node: Node, pairs: Float32Array): Float64Array {
      if (node.histogram) return node.histogram;
      node.histogram = free.pop();
      return sumRows(node.histogram ?? passing!, node, pairs);
    },
    /** Hands a node's histogram on to its children: one is summed from the fewer rows, the other is what remains. */
    divide(node: Node, [left, right]: readonly [Node, Node], pairs: Float32Array) {
      const [smaller, larger] = left.end - left.begin <= right.end - right.begin ? [left, right] : [right, left];
      const room = node.histogram && free.pop();
      if (!node.histogram || !room) {
        release(node);
        return;
      }
      smaller.histogram = sumRows(room, smaller, pairs);
      larger.histogram = node.histogram;
      node.histogram = undefined;
      kernels.subtract(larger.histogram, smaller.histogram);
    },
  };
};
