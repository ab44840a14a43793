/**
 * One laptop for all suites of a test file (`*.part.ts`): functions start cold once, and not in each suite. Suites keep apart by the
 * names of their pipelines.
 */
import { afterAll, beforeAll } from '@jest/globals';
import { movableClock } from '../fixtures/movableClock.ts';
import { openLaptop, type Laptop } from './laptop.ts';

/** A suite that puts it forward by five minutes ends the functions that wait for events: it comes last. */
export const clock = movableClock();

/** Open before any test or hook of a suite. */
export let laptop: Laptop;

beforeAll(async () => {
  laptop = await openLaptop(undefined, { clock });
}, 120_000);
afterAll(() => laptop.close());
