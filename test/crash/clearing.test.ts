/** A kill right after the disk has changed and before anybody knows; before a file takes another's place nothing has. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { crashClearing } from './clearingWorld.ts';
import { buildLife, seeded } from './drive.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-clearing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('SIGKILL while space is given back loses nothing that is kept', async () => {
  const points = ['segment.replaced', 'segment.removed', 'log.replaced'] as const;
  const deaths = { perPoint: 1, atRandom: 0, random: seeded(21) };
  const { kills, wrong } = await crashClearing(await buildLife(), folder, points, deaths);
  expect(wrong).toEqual([]);
  expect(Object.keys(kills).toSorted()).toEqual([...points].toSorted());
}, 60_000);
