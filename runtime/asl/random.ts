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

/** The number that AWS's `$random` makes of a whole seed, in [0, 1): the first double of Java's linear congruential generator. */
export const seededRandom = (seed: number): number => {
  let state = (BigInt(seed) ^ multiplier) & low48Bits;
  const bits = (count: bigint) => {
    state = (state * multiplier + 0xbn) & low48Bits;
    return state >> (48n - count);
  };
  const high = bits(26n) << 27n;
  return Number(high + bits(27n)) / 2 ** 53;
};
