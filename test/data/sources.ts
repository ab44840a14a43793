/** Streams, random numbers and the real data sets of the data tests. */
import { createReadStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from '@jest/globals';

const encoder = new TextEncoder();

/** The text as a stream of chunks of `size` bytes. */
export async function* streamOf(content: string | Uint8Array, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  const bytes = typeof content === 'string' ? encoder.encode(content) : content;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Mulberry32: uniform numbers in [0, 1) from a seed. */
export const randomFrom = (seed: number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

const folder = resolve(import.meta.dirname, '..', '..', '..', 'shared', 'data');

/** The bytes of a real data set. */
export const shared = (name: string) => createReadStream(resolve(folder, name));

/** A test on the real data sets, which lie beside the project; skipped, with the reason in its name, where they do not. */
export const testShared = (name: string, run: () => Promise<void>) =>
  existsSync(folder) ? test(name, run) : test.skip(`${name} (skipped: ../shared/data is not here)`, run);
