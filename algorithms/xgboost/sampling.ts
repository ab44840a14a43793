/** Row and column subsampling from one seeded generator, so that a seed gives the same model bytes. */

/** Uniform numbers in [0, 1): Marsaglia's xorshift on 32 bits, seeded through a bit mixer so that small seeds differ. */
export const createRandom = (seed: number): (() => number) => {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  state ^= state >>> 15;
  state = Math.imul(state, 0xc2b2ae35) ^ 0x27d4eb2f;
  if (state === 0) state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
};

/** Leaves each row out of a tree with probability 1 - `share` by zeroing its gradient pair, as XGBoost does. */
export const dropRows = (pairs: Float32Array, share: number, random: () => number) => {
  if (share === 1) return;
  for (let at = 0; at < pairs.length; at += 2) {
    if (random() < share) continue;
    pairs[at] = 0;
    pairs[at + 1] = 0;
  }
};

/** The columns a node may split on: drawn per tree, from those per level, from those per node. */
export interface FeatureSampler {
  startTree(): void;
  startLevel(): void;
  /** Ascending feature indices. */
  forNode(): Int32Array;
}

export interface ColumnShares {
  byTree: number;
  byLevel: number;
  byNode: number;
}

const draw = (from: Int32Array, share: number, random: () => number): Int32Array => {
  if (share === 1) return from;
  const count = Math.max(1, Math.floor(share * from.length));
  const pool = from.slice();
  for (let at = 0; at < count; at++) {
    const other = at + Math.floor(random() * (pool.length - at));
    [pool[at], pool[other]] = [pool[other]!, pool[at]!];
  }
  return pool.subarray(0, count).sort();
};

export const createFeatureSampler = (features: number, shares: ColumnShares, random: () => number): FeatureSampler => {
  const all = Int32Array.from({ length: features }, (_, feature) => feature);
  let ofTree: Int32Array = all;
  let ofLevel: Int32Array = all;
  return {
    startTree() {
      ofTree = draw(all, shares.byTree, random);
    },
    startLevel() {
      ofLevel = draw(ofTree, shares.byLevel, random);
    },
    forNode: () => draw(ofLevel, shares.byNode, random),
  };
};
