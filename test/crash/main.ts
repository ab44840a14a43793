/**
 * `npm run test:crash [-- --seed n]`: at least 200 SIGKILLs, at every crash point and at random moments, during runs of a machine that
 * waits for everything there is to wait for and of our own train machine. Exits with 1 when anything is lost, doubled or different.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Checked } from './checks.ts';
import { buildLife, seeded } from './drive.ts';
import { crashMachine } from './machineWorld.ts';
import { crashTrain } from './trainWorld.ts';

const seedAt = process.argv.indexOf('--seed');
const seed = seedAt < 0 ? Date.now() % 1_000_000 : Number(process.argv[seedAt + 1]);
const random = seeded(seed);
const folder = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
const entry = await buildLife();

const tell = (text: string) => process.stdout.write(`${text}\n`);
const progress = (what: string) => (kills: number, of: number) =>
  process.stderr.isTTY && process.stderr.write(`\r${what}: ${kills} of ${of} `);

const began = Date.now();
tell(`Seed ${seed}`);
const worlds: Record<string, Checked & { kills: Record<string, number> }> = {
  machine: await crashMachine(entry, folder, { perPoint: 9, atRandom: 60, random, progress: progress('machine') }),
  train: await crashTrain(entry, folder, { runs: 4, perPoint: 2, atRandom: 20, random, progress: progress('train') }),
};

const total = (kills: Record<string, number>) => Object.values(kills).reduce((a, b) => a + b, 0);
const points = [...new Set(Object.values(worlds).flatMap(({ kills }) => Object.keys(kills)))];
console.table(
  Object.fromEntries(
    points.map((point) => [
      point,
      Object.fromEntries(Object.entries(worlds).map(([name, { kills }]) => [name, kills[point] ?? 0])),
    ]),
  ),
);
for (const [name, { kills, executions, effects, repeated, wrong }] of Object.entries(worlds)) {
  tell(
    `${name}: ${total(kills)} kills, ${executions} executions checked, ${effects} effects, ${repeated} of them repeated`,
  );
  for (const what of wrong) tell(`  wrong: ${what}`);
}
const kills = Object.values(worlds).reduce((sum, world) => sum + total(world.kills), 0);
const wrong = Object.values(worlds).flatMap((world) => world.wrong).length;
tell(
  `${kills} SIGKILLs in ${Math.round((Date.now() - began) / 1000)} s, ${wrong === 0 ? 'nothing lost, doubled or different' : `${wrong} faults; the data is in ${folder}`}`,
);
if (wrong === 0) rmSync(folder, { recursive: true, force: true });
process.exitCode = wrong === 0 && kills >= 200 ? 0 : 1;
