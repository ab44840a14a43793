/** A kill at every crash point; `npm run test:crash` does the same hundreds of times, and with the train machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { crashPoints } from '../../runtime/crashPoints.ts';
import { buildLife, seeded } from './drive.ts';
import { crashMachine } from './machineWorld.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('SIGKILL at every crash point loses, doubles and changes nothing', async () => {
  const { kills, wrong, executions } = await crashMachine(await buildLife(), folder, {
    perPoint: 1,
    atRandom: 2,
    random: seeded(20),
  });
  expect(wrong).toEqual([]);
  expect(Object.keys(kills)).toEqual(expect.arrayContaining([...crashPoints]));
  expect(executions).toBeGreaterThan(10);
}, 120_000);
