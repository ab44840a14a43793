/** The machines that both engines run. A transition is a state entered. */
import type { Json, JsonObject } from '../runtime/asl/json.ts';

export interface Workload {
  name: string;
  about: string;
  definition: JsonObject;
  input: Json;
  /** How many executions run at once. */
  executions: number;
  /** Of all of them together. */
  transitions: number;
  /** What each execution must come to, so that both engines are known to have done the work. */
  holds(output: Json): boolean;
}

const rounds = 5_000;
const items = 1_000;
const chain = 20;
const concurrent = 200;

/** A state entered and left is two events: 10,000 transitions are 20,002, so the loop fits into the 25,000 of one execution. */
const loop: Workload = {
  name: 'loop',
  about: `Pass/Choice loop, ${2 * rounds} transitions in one execution`,
  definition: {
    StartAt: 'Add',
    States: {
      Add: { Type: 'Pass', Parameters: { 'n.$': 'States.MathAdd($.n, 1)' }, Next: 'Enough' },
      Enough: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericLessThan: rounds, Next: 'Add' }], Default: 'Done' },
      Done: { Type: 'Succeed' },
    },
  },
  input: { n: 0 },
  executions: 1,
  transitions: 2 * rounds + 1,
  holds: (output) => JSON.stringify(output) === `{"n":${rounds}}`,
};

const map: Workload = {
  name: 'map',
  about: `inline Map, ${items} items of 3 states`,
  definition: {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        ItemsPath: '$.items',
        MaxConcurrency: 40,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'Double',
          States: {
            Double: { Type: 'Pass', Parameters: { 'n.$': 'States.MathAdd($.n, $.n)' }, Next: 'Mark' },
            Mark: { Type: 'Pass', Result: true, ResultPath: '$.marked', Next: 'Take' },
            Take: { Type: 'Pass', OutputPath: '$.n', End: true },
          },
        },
        End: true,
      },
    },
  },
  input: { items: Array.from({ length: items }, (_, n) => ({ n })) },
  executions: 1,
  transitions: 3 * items + 1,
  holds: (output) => Array.isArray(output) && output.length === items && output.at(-1) === 2 * (items - 1),
};

const concurrentChain: Workload = {
  name: 'concurrent',
  about: `${concurrent} executions at once of ${chain} states`,
  definition: {
    StartAt: 'S1',
    States: Object.fromEntries(
      Array.from({ length: chain }, (_, i) => [
        `S${i + 1}`,
        {
          Type: 'Pass',
          Result: i,
          ResultPath: '$.last',
          ...(i + 1 < chain ? { Next: `S${i + 2}` } : { End: true }),
        },
      ]),
    ),
  },
  input: { id: 'x' },
  executions: concurrent,
  transitions: concurrent * chain,
  holds: (output) => JSON.stringify(output) === `{"id":"x","last":${chain - 1}}`,
};

export const workloads: readonly Workload[] = [loop, map, concurrentChain];

/** Made and started, again and again under other names. */
export const oneState = (n: number): JsonObject => ({
  Comment: `machine ${n}`,
  StartAt: 'Only',
  States: { Only: { Type: 'Pass', Result: n, End: true } },
});
