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

/** What AWS says of an expression that works out too much. */
export const memoryExceeded = 'Expression evaluation memory limit exceeded: Check for excessive memory usage';

/** The most items AWS lets `$range` make. */
const longestRange = 360_145;

/** Throws what JSONata throws of an argument of another type than the function takes; JSONata writes the sentence. */
const refuse = (token: string, index: number): never => {
  throw Object.assign(new Error(), { code: 'T0410', token, index });
};

/** A number of whole things: AWS rounds towards zero. Throws where it is something else; undefined stays. */
const whole = (value: unknown, name: string, argument: number): number | undefined =>
  value === undefined ? undefined : typeof value === 'number' ? Math.trunc(value) : refuse(name, argument);

const partition = (items: unknown, size: unknown) => {
  const step = whole(size, 'partition', 2);
  if (items === undefined || step === undefined || step < 1) return undefined;
  const list = Array.isArray(items) ? (items as unknown[]) : [items];
  if (list.length === 0) return undefined;
  return Array.from({ length: Math.ceil(list.length / step) }, (_, i) => list.slice(i * step, (i + 1) * step));
};

/** Nothing where the step leads away from the end. */
const range = (start: unknown, end: unknown, step: unknown) => {
  const [from, to, by] = [whole(start, 'range', 1), whole(end, 'range', 2), whole(step, 'range', 3)];
  if (from === undefined || to === undefined || !by) return undefined;
  const length = Math.floor((to - from) / by) + 1;
  if (length > longestRange) throw new Error(memoryExceeded);
  return length < 1 ? undefined : sequence(Array.from({ length }, (_, i) => from + i * by));
};

const hash = (value: unknown, algorithm: unknown) => {
  if (value === undefined || algorithm === undefined) return undefined;
  if (typeof value !== 'string') return refuse('hash', 1);
  const name = typeof algorithm === 'string' ? algorithms[algorithm] : undefined;
  return name === undefined ? refuse('hash', 2) : createHash(name).update(value).digest('hex');
};

const parse = (text: unknown): unknown =>
  text === undefined ? undefined : typeof text === 'string' ? JSON.parse(text) : refuse('parse', 1);

const random = (state: RandomState) => (seed: unknown) => {
  const given = whole(seed, 'random', 1);
  return given === undefined ? nextRandom(state) : seededRandom(given);
};

const dateText = jsonata('$fromMillis($ms, $picture, $zone)');

/** By name, for one evaluation. `$eval` is bound to nothing: calling it is calling no function. */
export const functionsFor = (around: Surroundings): Record<string, unknown> => ({
  partition,
  range,
  hash,
  parse,
  random: random(around.random),
  uuid: () => nextUuid(around.random),
  millis: () => around.now,
  now: (picture?: unknown, zone?: unknown): unknown =>
    picture === undefined
      ? new Date(around.now).toISOString()
      : dateText.evaluate(null, { ms: around.now, picture, zone }),
  eval: undefined,
});
