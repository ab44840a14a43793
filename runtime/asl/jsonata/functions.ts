/**
 * The functions Step Functions adds to JSONata, and those it takes away or that must not read the machine's clock.
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import { nextRandom, nextUuid, seededRandom, type RandomState } from '../random.ts';

/** What an evaluation may draw on besides its data. */
export interface Surroundings {
  /** Epoch milliseconds of the event being processed. */
  now: number;
  random: RandomState;
}

/** JSONata tells "one value" from "an array of one" by this mark, which `$range` of AWS sets: `$range(1,9,9)` is `1`. */
const sequence = (items: unknown[]): unknown[] =>
  Object.defineProperty(items, 'sequence', { enumerable: false, value: true });

const algorithms: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

const fail = (what: string): never => {
  throw new Error(what);
};

const partition = (items: unknown, size: unknown) => {
  if (items === undefined) return undefined;
  if (typeof size !== 'number' || !(Math.floor(size) > 0)) fail('$partition needs a chunk size of at least 1');
  const list = Array.isArray(items) ? (items as unknown[]) : [items];
  const step = Math.floor(size as number);
  return Array.from({ length: Math.ceil(list.length / step) }, (_, i) => list.slice(i * step, (i + 1) * step));
};

const range = (start: unknown, end: unknown, step: unknown) => {
  if (typeof start !== 'number' || typeof end !== 'number' || typeof step !== 'number') {
    return fail('$range needs three numbers: start, end and step');
  }
  if (step === 0) fail('$range needs a step other than 0');
  const length = Math.floor((end - start) / step) + 1;
  if (length > 10_000_000) fail('$range would produce more than 10000000 items');
  return sequence(Array.from({ length: Math.max(length, 0) }, (_, i) => start + i * step));
};

const hash = (value: unknown, algorithm: unknown) => {
  if (value === undefined) return undefined;
  const name = algorithms[String(algorithm)] ?? fail(`$hash knows ${Object.keys(algorithms).join(', ')}`);
  return createHash(name)
    .update(typeof value === 'string' ? value : JSON.stringify(value))
    .digest('hex');
};

const parse = (text: unknown): unknown =>
  text === undefined ? undefined : typeof text === 'string' ? JSON.parse(text) : fail('$parse needs a string');

const dateText = jsonata('$fromMillis($ms, $picture, $zone)');

/** By name, for one evaluation. `$eval` is bound to nothing: calling it is calling no function. */
export const functionsFor = (around: Surroundings): Record<string, unknown> => ({
  partition,
  range,
  hash,
  parse,
  random: (seed?: unknown) => (typeof seed === 'number' ? seededRandom(seed) : nextRandom(around.random)),
  uuid: () => nextUuid(around.random),
  millis: () => around.now,
  now: (picture?: unknown, zone?: unknown): unknown =>
    picture === undefined
      ? new Date(around.now).toISOString()
      : dateText.evaluate(null, { ms: around.now, picture, zone }),
  eval: undefined,
});
