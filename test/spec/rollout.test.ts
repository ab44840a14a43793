import { describe, expect, test } from '@jest/globals';
import { runOfConfig, shiftConfigName, endpointConfigName, mostRedrives, runIdOf } from '../../spec/names.ts';
import { parsePipeline } from '../../spec/parsePipeline.ts';
import { shiftAt, tickSeconds, type Steps } from '../../spec/rollout.ts';
import { sharesBeside } from '../../spec/weights.ts';

/** The settings as a pipeline file has them. */
const stepsOf = (traffic: string): Steps => {
  const parsed = parsePipeline(`name: p\ndeploy: { target: endpoint, traffic: ${traffic} }`, 'test').deploy.traffic;
  if (parsed === 'all-at-once') throw new Error(`${traffic} has no steps`);
  return parsed;
};

/** Each share with the seconds that it is kept for. */
const shiftOf = (traffic: string): [share: number, seconds: number][] => {
  const steps = stepsOf(traffic);
  const kept: [number, number][] = [];
  for (let tick = 0; !shiftAt(steps, tick).isOver; tick++) {
    const { share } = shiftAt(steps, tick);
    const last = kept.at(-1);
    if (last?.[0] === share) last[1] += tickSeconds;
    else kept.push([share, tickSeconds]);
  }
  return kept;
};

describe('traffic moves', () => {
  test.each<[string, [number, number][]]>([
    [
      '{ canary: {} }',
      [
        [0.1, 600],
        [1, 600],
      ],
    ],
    [
      '{ canary: { percent: 7, wait: 1m } }',
      [
        [0.07, 60],
        [1, 60],
      ],
    ],
    [
      '{ linear: {} }',
      [
        [0.2, 600],
        [0.4, 600],
        [0.6, 600],
        [0.8, 600],
        [1, 600],
      ],
    ],
    [
      '{ linear: { step: 30, wait: 1h } }',
      [
        [0.3, 3600],
        [0.6, 3600],
        [0.9, 3600],
        [1, 3600],
      ],
    ],
    // Rather longer than is asked for than shorter.
    [
      '{ linear: { step: 50, wait: 61s } }',
      [
        [0.5, 90],
        [1, 90],
      ],
    ],
  ])('by %s', (traffic, expected) => {
    expect(shiftOf(traffic)).toEqual(expected);
  });

  test('to the end, and stays there', () => {
    expect(shiftAt(stepsOf('{ canary: { wait: 1m } }'), 9999)).toEqual({ share: 1, isOver: true });
  });

  test('for so many ticks at most that an execution keeps far below the events it may have', () => {
    const ticks = shiftOf('{ linear: { step: 10, wait: 1h } }').reduce((sum, [, seconds]) => sum + seconds, 0);
    // A task is five events, a wait two, a choice two; 25,000 is the quota of Step Functions.
    expect((ticks / tickSeconds) * 9).toBeLessThan(25_000 / 2);
  });
});

describe('the shares of the models on an endpoint', () => {
  const beside = { runId: 'b', weight: 0.2 };

  test.each([
    [{ runId: 'a' }, 0, { a: 1, new: 0 }],
    [{ runId: 'a' }, 0.1, { a: 0.9, new: 0.1 }],
    [{ runId: 'a', beside }, 0, { a: 0.8, b: 0.2, new: 0 }],
    [{ runId: 'a', beside }, 0.5, { a: 0.4, b: 0.1, new: 0.5 }],
    [{ runId: 'a', beside }, 1, { a: 0, b: 0, new: 1 }],
  ])('%j: with %d for a new one', (serving, share, expected) => {
    expect(Object.fromEntries(sharesBeside(serving, { runId: 'new', share }))).toEqual(expected);
  });

  test('of the one beside the champion, which is promoted: what it has, and its part of the rest', () => {
    const shares = [0, 0.5, 1].map((share) => sharesBeside({ runId: 'a', beside }, { runId: 'b', share }));
    expect(shares.map((it) => Object.fromEntries(it))).toEqual([
      { a: 0.8, b: 0.2 },
      { a: 0.4, b: 0.6 },
      { a: 0, b: 1 },
    ]);
  });
});

test('the configurations of a run are told from each other, and the run from either', () => {
  const id = runIdOf('p'.repeat(36), 'b', 'k');
  const names = [endpointConfigName(id), ...[0, 1, mostRedrives].map((redrives) => shiftConfigName(id, redrives))];
  expect(new Set(names).size).toBe(4);
  for (const name of names) {
    expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
    expect(runOfConfig(name)).toBe(id);
  }
});
