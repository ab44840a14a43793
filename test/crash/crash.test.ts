/** A kill at every crash point; `npm run test:crash` does the same hundreds of times, and with the train machine. */
import { expect, test } from '@jest/globals';
import { crashPoints } from '../../runtime/crashPoints.ts';
import { buildLife, seeded } from './drive.ts';
import { crashMachine } from './machineWorld.ts';
import { temporaryFolder } from '../fixtures/temporaryFolder.ts';

test('SIGKILL at every crash point loses, doubles and changes nothing', async () => {
  const { kills, wrong, executions } = await crashMachine(await buildLife(), temporaryFolder(), {
    perPoint: 1,
    atRandom: 2,
    random: seeded(20),
  });
  expect(wrong).toEqual([]);
  expect(Object.keys(kills)).toEqual(expect.arrayContaining([...crashPoints]));
  expect(executions).toBeGreaterThan(10);
}, 120_000);
