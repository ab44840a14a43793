/**
 * The loops that touch every row. They are small top-level functions over typed arrays of one kind each, because that is what
 * V8 compiles best; everything above them runs once per node or per tree.
 */

/** Adds the gradient pairs of rows[begin..end) to the histogram cells of their sparse codes. */
export const addToHistogram = (
  histogram: Float64Array,
  rows: Int32Array,
  begin: number,
  end: number,
  rowStart: Int32Array,
  entries: Uint16Array | Uint32Array,
  pairs: Float32Array,
) => {
  for (let at = begin; at < end; at++) {
    const row = rows[at]!;
    const gradient = pairs[2 * row]!;
    const hessian = pairs[2 * row + 1]!;
    const last = rowStart[row + 1]!;
    for (let entry = rowStart[row]!; entry < last; entry++) {
      const cell = entries[entry]! << 1;
      histogram[cell]! += gradient;
      histogram[cell + 1]! += hessian;
    }
  }
};

/** Gives each feature's left-out code the rest of the node's sums; `residue` is what rounding may leave in an empty cell. */
export const fillFrequent = (
  histogram: Float64Array,
  offsets: Int32Array,
  frequent: Int32Array,
  gradient: number,
  hessian: number,
) => {
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

/** parent -= child, which turns the parent's histogram into the other child's. */
export const subtractHistogram = (parent: Float64Array, child: Float64Array) => {
  for (let cell = 0; cell < parent.length; cell++) parent[cell]! -= child[cell]!;
};

/**
 * Moves the rows of [begin, end) whose code has goesLeft 1 to the front, keeping the order on both sides; returns where the
 * right side begins. Without a branch on the data, because the processor could not predict it.
 */
export const partitionRows = (
  rows: Int32Array,
  begin: number,
  end: number,
  codes: Uint8Array | Uint16Array,
  goesLeft: Uint8Array,
  scratch: Int32Array,
): number => {
  let left = begin;
  let right = 0;
  for (let at = begin; at < end; at++) {
    const row = rows[at]!;
    const isLeft = goesLeft[codes[row]!]!;
    rows[left] = row;
    scratch[right] = row;
    left += isLeft;
    right += 1 - isLeft;
  }
  for (let at = 0; at < right; at++) rows[left + at] = scratch[at]!;
  return left;
};

/** Adds a leaf's value to its rows' margins, in float32 as XGBoost sums them. */
export const addLeaf = (margins: Float32Array, rows: Int32Array, begin: number, end: number, value: number) => {
  for (let at = begin; at < end; at++) {
    const row = rows[at]!;
    margins[row] = margins[row]! + value;
  }
};

/** Splits rows[begin..end) into two leaves without moving them. */
export const addLeafPair = (
  margins: Float32Array,
  rows: Int32Array,
  begin: number,
  end: number,
  codes: Uint8Array | Uint16Array,
  goesLeft: Uint8Array,
  values: Float32Array,
) => {
  for (let at = begin; at < end; at++) {
    const row = rows[at]!;
    margins[row] = margins[row]! + values[goesLeft[codes[row]!]!]!;
  }
};
