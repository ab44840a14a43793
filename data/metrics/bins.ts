/** Bins of nearly as many rows each; rows of one score are never torn apart. */

/** The bin (from 0) of each row in an order by ascending score, of which `ends` are the ends of runs; bins may stay empty. */
export const equalBins = (ends: Int32Array, bins: number): Uint8Array => {
  const rows = ends.at(-1) ?? 0;
  const bin = new Uint8Array(rows);
  let start = 0;
  for (const end of ends) {
    // A run goes where its middle is.
    bin.fill(Math.min(bins - 1, Math.floor((((start + end) / 2) * bins) / rows)), start, end);
    start = end;
  }
  return bin;
};
