/**
 * Where a column may be split, as XGBoost's `hist` does: every distinct value but the smallest is a cut while there are no
 * more of them than bins, and weighted quantiles otherwise (Chen & Guestrin 2016, section 3.2; weights all 1, and exact ranks
 * where XGBoost has a sketch). A split sends `value < cut` to the left.
 */

const emptySlot = -1;
const bits = new Uint32Array(1);
const asFloat = new Float32Array(bits.buffer);

/** A column reduced to small codes: `cuts[code]` is the first cut above the value; the code after the last is missing. */
export interface BinnedColumn {
  cuts: Float32Array;
  codes: Uint8Array | Uint16Array;
  hasMissing: boolean;
}

const upperBound = (max: number) => Math.fround(max + Math.abs(max) + 1e-5);

const cutsAfter = (ascending: Float32Array, max: number): Float32Array => {
  const cuts = new Float32Array(ascending.length);
  cuts.set(ascending.subarray(1));
  cuts[ascending.length - 1] = upperBound(max);
  return cuts;
};

/** The values, ascending, that stand nearest to `bins` equal shares of the rows; the smallest and the largest are among them. */
const quantiles = (sorted: Float32Array, bins: number): Float32Array => {
  const distinct: number[] = [];
  const middleRank: number[] = [];
  for (let from = 0; from < sorted.length;) {
    let to = from + 1;
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    distinct.push(sorted[from]!);
    middleRank.push((from + to) / 2);
    from = to;
  }
  const chosen = [distinct[0]!];
  const step = (sorted.length - 1) / bins;
  let at = 1;
  for (let bin = 1; bin < bins; bin++) {
    const rank = bin * step;
    while (at < distinct.length - 1 && middleRank[at + 1]! <= rank) at++;
    const nearest = at < distinct.length - 1 && middleRank[at + 1]! - rank < rank - middleRank[at]! ? at + 1 : at;
    if (distinct[nearest]! > chosen[chosen.length - 1]!) chosen.push(distinct[nearest]!);
  }
  return Float32Array.from(chosen);
};

const codesFor = (rows: number, codes: number) => (codes <= 256 ? new Uint8Array(rows) : new Uint16Array(rows));

/** Bins few distinct values by a hash of their bits, in one pass and without sorting rows; undefined when there are more. */
const binDistinct = (column: Float32Array, maxBin: number): BinnedColumn | undefined => {
  const slots = 1 << (34 - Math.clz32(maxBin + 1));
  const keys = new Uint32Array(slots);
  const ids = new Int32Array(slots).fill(emptySlot);
  const firstSeen = new Uint16Array(column.length);
  const distinct: number[] = [];
  const missing = maxBin;
  let hasMissing = false;
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    if (value !== value) {
      hasMissing = true;
      firstSeen[row] = missing;
      continue;
    }
    asFloat[0] = value;
    const key = bits[0]!;
    let slot = (Math.imul(key, 0x9e3779b1) >>> 7) & (slots - 1);
    while (ids[slot] !== emptySlot && keys[slot] !== key) slot = (slot + 1) & (slots - 1);
    if (ids[slot] === emptySlot) {
      if (distinct.length === maxBin) return undefined;
      ids[slot] = distinct.length;
      keys[slot] = key;
      distinct.push(value);
    }
    firstSeen[row] = ids[slot]!;
  }
  if (distinct.length === 0) return { cuts: new Float32Array(0), codes: new Uint8Array(column.length), hasMissing };
  const ascending = Float32Array.from(distinct).sort();
  const codeOf = new Uint16Array(maxBin + 1);
  for (let id = 0; id < distinct.length; id++) codeOf[id] = ascending.indexOf(distinct[id]!);
  codeOf[missing] = distinct.length;
  const codes = codesFor(column.length, distinct.length + (hasMissing ? 1 : 0));
  for (let row = 0; row < column.length; row++) codes[row] = codeOf[firstSeen[row]!]!;
  return { cuts: cutsAfter(ascending, ascending[ascending.length - 1]!), codes, hasMissing };
};

const binQuantiles = (column: Float32Array, maxBin: number): BinnedColumn => {
  const present = column.filter((value) => value === value).sort();
  const hasMissing = present.length < column.length;
  const cuts = cutsAfter(quantiles(present, maxBin), present[present.length - 1]!);
  const codes = codesFor(column.length, cuts.length + (hasMissing ? 1 : 0));
  const last = cuts.length - 1;
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value < cuts[middle]!) high = middle;
      else low = middle + 1;
    }
    codes[row] = value === value ? low : cuts.length;
  }
  return { cuts, codes, hasMissing };
};

/** Bins one column into at most `maxBin` bins; `column` holds NaN where the value is missing. */
export const binColumn = (column: Float32Array, maxBin: number): BinnedColumn =>
  binDistinct(column, maxBin) ?? binQuantiles(column, maxBin);
