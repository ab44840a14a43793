/**
 * Randomness that a replay reproduces: every value is a hash of the execution's seed and a counter kept in its state.
 * The seed itself comes from the runtime's Ids, once, when the execution starts.
 */
import { createHash } from 'node:crypto';

export interface RandomState {
  seed: string;
  drawn: number;
}

const draw = (state: RandomState) => createHash('sha256').update(`${state.seed}/${state.drawn++}`).digest();

/** Uniform in [0, 1). */
export const nextRandom = (state: RandomState): number => draw(state).readUIntBE(0, 6) / 2 ** 48;

/** A version-4 UUID. */
export const nextUuid = (state: RandomState): string => {
  const bytes = draw(state);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

const multiplier = 0x5deece66dn;
const low48Bits = (1n << 48n) - 1n;

/** Java's linear congruential generator, begun by a whole seed: each call gives its next so many bits. */
const javaGenerator = (seed: number) => {
  let state = (BigInt(seed) ^ multiplier) & low48Bits;
  return (count: bigint) => {
    state = (state * multiplier + 0xbn) & low48Bits;
    return state >> (48n - count);
  };
};

/** The number that AWS's `$random` makes of a whole seed, in [0, 1): the first double of Java's generator. */
export const seededRandom = (seed: number): number => {
  const bits = javaGenerator(seed);
  const high = bits(26n) << 27n;
  return Number(high + bits(27n)) / 2 ** 53;
};

/** The one that AWS's States.MathRandom makes of a whole seed: the generator's first integer from 0 on, below `below`. */
export const seededInteger = (seed: number, below: number): number => {
  const bits = javaGenerator(seed);
  if (Number.isInteger(Math.log2(below))) return Number((BigInt(below) * bits(31n)) >> 31n);
  for (;;) {
    const drawn = Number(bits(31n));
    const value = drawn % below;
    // The last, incomplete run of values would make small ones likelier.
    if (drawn - value + (below - 1) < 2 ** 31) return value;
  }
};
