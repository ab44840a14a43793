/** Random numbers of a bootstrap: the same seed gives the same intervals on every machine. */

const { imul } = Math;

/** Whole numbers below 2³², from a seed: xoshiro128** (Blackman & Vigna 2018), its state filled by SplitMix32. */
export const randomWords = (seed: number): (() => number) => {
  let mixed = seed >>> 0;
  const state = Int32Array.from({ length: 4 }, () => {
    mixed = (mixed + 0x9e37_79b9) >>> 0;
    let word = imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
    word = imul(word ^ (word >>> 13), 0xc2b2_ae35);
    return word ^ (word >>> 16);
  });
  const turned = (word: number, by: number) => (word << by) | (word >>> (32 - by));
  return () => {
    const word = imul(turned(imul(state[1]!, 5), 7), 9);
    const shifted = state[1]! << 9;
    state[2]! ^= state[0]!;
    state[3]! ^= state[1]!;
    state[1]! ^= state[2]!;
    state[0]! ^= state[3]!;
    state[2]! ^= shifted;
    state[3] = turned(state[3]!, 11);
    return word >>> 0;
  };
};

/** 2⁻³²: makes a fraction in [0, 1) of a word. */
export const wordShare = 2 ** -32;

/** Draws from a Poisson distribution by its table, which holds all but less than 1e-14 of it. */
export const poisson = (mean: number, words: () => number): (() => number) => {
  const reach = Math.ceil(8 * Math.sqrt(mean) + 20);
  const first = Math.max(0, Math.floor(mean) - reach);
  const cumulative = new Float64Array(Math.floor(mean) + reach - first + 1);
  const mode = Math.floor(mean) - first;
  // From the mode outwards and then scaled, so that no large mean underflows.
  cumulative[mode] = 1;
  for (let at = mode + 1; at < cumulative.length; at++) cumulative[at] = (cumulative[at - 1]! * mean) / (first + at);
  for (let at = mode - 1; at >= 0; at--) cumulative[at] = (cumulative[at + 1]! * (first + at + 1)) / mean;
  const all = cumulative.reduce((sum, share) => sum + share, 0);
  for (let at = 0, sum = 0; at < cumulative.length; at++) {
    sum += cumulative[at]!;
    cumulative[at] = sum / all;
  }
  // Where to begin to look for a fraction, so that a draw takes about one step.
  const guide = Int32Array.from({ length: 1024 }, (_, at) => cumulative.findIndex((share) => share > at / 1024));
  return () => {
    const share = words() * wordShare;
    let at = guide[Math.floor(share * 1024)]!;
    while (at < cumulative.length - 1 && cumulative[at]! <= share) at += 1;
    return first + at;
  };
};
