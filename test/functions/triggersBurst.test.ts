/** A small part of `npm run test:events`: bursts of events, and functions that die between their writes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { burst } from '../events/burst.ts';
import { dieEverywhere } from '../events/deaths.ts';
import { openEventWorld, type EventWorld, type Policy } from './eventWorld.ts';

let world: EventWorld;
beforeAll(async () => {
  world = await openEventWorld();
});
afterAll(() => world.close());

test('every version of every object becomes what the policy of its pipeline says, told thrice and out of order', async () => {
  const { wrong, deliveries, outcomes } = await burst(world, { versions: 120, pipelines: 8, seed: 1 });
  expect(wrong).toEqual([]);
  expect(deliveries).toBe(360);
  expect(outcomes['parallel']).toEqual({ REGISTERED: 30 });
  expect(outcomes['queue']).toMatchObject({ REGISTERED: expect.any(Number) });
  for (const policy of ['skip', 'replace']) expect(outcomes[policy]).toMatchObject({ SKIPPED: expect.any(Number) });
}, 120_000);

test.each<[Policy, number, number]>([
  ['parallel', 1, 3],
  ['queue', 5, 6],
  ['skip', 5, 3],
  ['replace', 5, 4],
])(
  '%s loses nothing when a function dies behind one of its writes',
  async (policy, stride, atLeast) => {
    const { died, wrong } = await dieEverywhere(world, policy, stride);
    expect(wrong).toEqual([]);
    expect(died).toBeGreaterThanOrEqual(atLeast);
  },
  120_000,
);
