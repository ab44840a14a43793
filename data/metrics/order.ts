/** The order that numbers put rows in: sorted once, then walked as often as a bootstrap likes. */

/** Row numbers by ascending value, equal values in row order. O(n) for large n; `values` hold no NaN. */
export const ascending = (values: Float64Array): Int32Array =>
  values.length < 4096
    ? Int32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!)
    : radixSorted(sortableBits(values), values.length);

/** Row numbers by descending value. */
export const descending = (values: Float64Array): Int32Array => ascending(values).reverse();

/** Where each run of equal values ends (exclusive) when the rows are read in this order. */
export const runEnds = (values: Float64Array, order: Int32Array): Int32Array => {
  const ends = new Int32Array(order.length);
  let runs = 0;
  for (let at = 1; at <= order.length; at++)
    if (at === order.length || values[order[at]!] !== values[order[at - 1]!]) ends[runs++] = at;
  return ends.slice(0, runs);
};

/** The bits of each number, low word first, turned so that they order as unsigned integers. */
const sortableBits = (values: Float64Array): Uint32Array => {
  const copy = new Float64Array(values.length);
  // Adding 0 makes -0 equal to 0 in its bits, too.
  for (let row = 0; row < values.length; row++) copy[row] = values[row]! + 0;
  const words = new Uint32Array(copy.buffer);
  for (let high = 1; high < words.length; high += 2) {
    if (words[high]! >>> 31) {
      words[high - 1] = ~words[high - 1]!;
      words[high] = ~words[high]!;
    } else words[high] = words[high]! | 0x8000_0000;
  }
  return words;
};

const radixSorted = (words: Uint32Array, rows: number): Int32Array => {
  let from = Int32Array.from({ length: rows }, (_, row) => row);
  let to = new Int32Array(rows);
  const starts = new Int32Array(65_537);
  for (let digit = 0; digit < 4; digit++) {
    const word = digit >> 1;
    const shift = (digit & 1) * 16;
    starts.fill(0);
    for (let row = 0; row < rows; row++) starts[((words[2 * row + word]! >>> shift) & 0xffff) + 1]! += 1;
    // A digit that all rows share orders nothing.
    if (starts.includes(rows)) continue;
    for (let bucket = 1; bucket <= 65_536; bucket++) starts[bucket]! += starts[bucket - 1]!;
    for (const row of from) {
      const bucket = (words[2 * row + word]! >>> shift) & 0xffff;
      to[starts[bucket]!] = row;
      starts[bucket]! += 1;
    }
    [from, to] = [to, from];
  }
  return from;
};
