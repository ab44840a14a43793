/** The order that numbers put rows in: sorted once, then walked as often as a bootstrap likes. */

/** Row numbers by ascending value, equal values in row order. O(n) for large n; `values` hold no NaN. */
export const ascending = (values: Float64Array): Int32Array =>
  values.length < 4096
    ? Int32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!)
    : radixSorted(sortableBits(values), values.length);

/** Where each run of equal values ends (exclusive) when the rows are read in this order. */
export const runEnds = (values: Float64Array, order: Int32Array): Int32Array => {
  const ends = new Int32Array(order.length);
  let runs = 0;
  for (let at = 1; at <= order.length; at++)
    if (at === order.length || values[order[at]!] !== values[order[at - 1]!]) ends[runs++] = at;
  return ends.slice(0, runs);
};

/** Both halves of the bits of each number, turned so that they order as unsigned integers, with the row's number. */
interface Keys {
  low: Uint32Array;
  high: Uint32Array;
  rows: Int32Array;
}

const sortableBits = (values: Float64Array): Keys => {
  const keys = keysOf(values.length);
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer);
  for (let row = 0; row < values.length; row++) {
    // Adding 0 makes -0 equal to 0 in its bits, too.
    number[0] = values[row]! + 0;
    const [low, high] = [words[0]!, words[1]!];
    const negative = high >>> 31 === 1;
    keys.low[row] = negative ? ~low : low;
    keys.high[row] = negative ? ~high : high | 0x8000_0000;
    keys.rows[row] = row;
  }
  return keys;
};

const keysOf = (rows: number): Keys => ({
  low: new Uint32Array(rows),
  high: new Uint32Array(rows),
  rows: new Int32Array(rows),
});

/** Digits of 11 bits: their counts stay in the nearest cache. */
const digit = 11;
const buckets = 2 ** digit;

/** Least significant digit first, three of either half; keys travel with their rows, so that every pass reads in sequence. */
const radixSorted = (unsorted: Keys, rows: number): Int32Array => {
  let [from, to] = [unsorted, keysOf(rows)];
  const starts = new Int32Array(buckets + 1);
  for (let pass = 0; pass < 6; pass++) {
    const half = pass < 3 ? from.low : from.high;
    const shift = (pass % 3) * digit;
    starts.fill(0);
    for (let at = 0; at < rows; at++) starts[((half[at]! >>> shift) & (buckets - 1)) + 1]! += 1;
    // A digit that all rows share orders nothing.
    if (starts.includes(rows)) continue;
    for (let bucket = 1; bucket <= buckets; bucket++) starts[bucket]! += starts[bucket - 1]!;
    for (let at = 0; at < rows; at++) {
      const bucket = (half[at]! >>> shift) & (buckets - 1);
      const place = starts[bucket]!;
      starts[bucket] = place + 1;
      to.low[place] = from.low[at]!;
      to.high[place] = from.high[at]!;
      to.rows[place] = from.rows[at]!;
    }
    [from, to] = [to, from];
  }
  return from.rows;
};
