/**
 * The training matrix as small codes, in the two layouts the grower reads: column after column for sending rows left or
 * right, and row after row for histograms. The second leaves out each feature's most frequent code, whose sums are the
 * node's total minus the others: 14 updates a row become 7 on Adult, 105 become 9 when it is one-hot encoded.
 */
import { binColumn } from './cuts.ts';
import type { Matrix } from './matrix.ts';

export interface BinnedMatrix {
  rows: number;
  features: number;
  /** Per feature, its cuts ascending; code c stands for cuts[c-1] <= value < cuts[c], code cuts.length for a missing value. */
  cuts: readonly Float32Array[];
  hasMissing: Uint8Array;
  columns: readonly (Uint8Array | Uint16Array)[];
  /** First code of each feature in a histogram that holds all features; the last element is the number of codes. */
  offsets: Int32Array;
  /** The code of each feature that the sparse rows leave out. */
  frequent: Int32Array;
  /** `entries[rowStart[r] .. rowStart[r + 1]]` are the codes of row r, offset by feature. */
  rowStart: Int32Array;
  entries: Uint16Array | Uint32Array;
}

// Adding zero gives -0 and 0, the same value to a split, the same bits.
const gather = (matrix: Matrix, feature: number, into: Float32Array) => {
  const { values, features, rows } = matrix;
  for (let row = 0, at = feature; row < rows; row++, at += features) into[row] = values[at]! + 0;
};

const mostFrequent = (codes: Uint8Array | Uint16Array, distinct: number) => {
  const counts = new Int32Array(distinct);
  for (let row = 0; row < codes.length; row++) counts[codes[row]!]!++;
  let best = 0;
  for (let code = 1; code < distinct; code++) if (counts[code]! > counts[best]!) best = code;
  return best;
};

const countEntries = (codes: Uint8Array | Uint16Array, left: number, rowStart: Int32Array) => {
  for (let row = 0; row < codes.length; row++) if (codes[row] !== left) rowStart[row + 2]!++;
};

const placeEntries = (
  codes: Uint8Array | Uint16Array,
  left: number,
  offset: number,
  next: Int32Array,
  entries: Uint16Array | Uint32Array,
) => {
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    if (code !== left) entries[next[row + 1]!++] = offset + code;
  }
};

/** Bins every column of `matrix` into at most `maxBin` bins. */
export const binMatrix = (matrix: Matrix, maxBin: number): BinnedMatrix => {
  const { rows, features } = matrix;
  const column = new Float32Array(rows);
  const binned = Array.from({ length: features }, (_, feature) => {
    gather(matrix, feature, column);
    return binColumn(column, maxBin);
  });
  const offsets = new Int32Array(features + 1);
  const frequent = new Int32Array(features);
  // One element of slack: while rows are placed, rowStart[r + 1] is where the next entry of row r goes.
  const rowStart = new Int32Array(rows + 2);
  binned.forEach(({ cuts, codes, hasMissing }, feature) => {
    const distinct = cuts.length + (hasMissing ? 1 : 0);
    offsets[feature + 1] = offsets[feature]! + distinct;
    frequent[feature] = mostFrequent(codes, distinct);
    countEntries(codes, frequent[feature], rowStart);
  });
  for (let row = 2; row < rows + 2; row++) rowStart[row]! += rowStart[row - 1]!;
  const total = rowStart[rows + 1]!;
  const entries = offsets[features]! <= 65536 ? new Uint16Array(total) : new Uint32Array(total);
  binned.forEach(({ codes }, feature) => placeEntries(codes, frequent[feature]!, offsets[feature]!, rowStart, entries));
  return {
    rows,
    features,
    cuts: binned.map(({ cuts }) => cuts),
    hasMissing: Uint8Array.from(binned, ({ hasMissing }) => (hasMissing ? 1 : 0)),
    columns: binned.map(({ codes }) => codes),
    offsets,
    frequent,
    rowStart: rowStart.subarray(0, rows + 1),
    entries,
  };
};
