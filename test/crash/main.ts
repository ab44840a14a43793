/** Kills processes in the middle of executions, and compares what becomes of them with executions that nobody killed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { crashPoints } from '../../runtime/crashPoints.ts';
import type { Checked } from './checks.ts';
import { buildLife, seeded, type Deaths } from './drive.ts';
import { crashMachine } from './machineWorld.ts';
import { crashTrain } from './trainWorld.ts';

const usage = `npm run test:crash -- [options]

Kills processes with SIGKILL, at every crash point (runtime/crashPoints.ts) and at random moments, in two worlds:
  machine  a machine with Parallel, Map, Retry, task tokens and nested executions, all it calls noted by stand-ins
  train    our own machines in the whole product: real functions, training, deployment, notification
Then lets all that was begun end and compares it with what ends undisturbed.

  --kills <n>  SIGKILLs in both worlds together, at least one at each point of each (default 220)
  --seed <n>   where and when (default: another each time)
  --json       the result as JSON on standard output
  --help       this

Exits with 0 when nothing was lost, doubled or different, else with 1; the data folders are kept then.
`;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '220' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Undefined, and said why, when it is none. */
const natural = (name: 'kills' | 'seed', least: number): number | undefined => {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= least && number < 2 ** 32) return number;
  process.stderr.write(`--${name} must be an integer from ${least}; got '${values[name]}'\n`);
  return undefined;
};

/** Two thirds of a world's kills at its named points, as evenly as can be, the others at random. */
const deathsOf = (kills: number, seed: number): Deaths => {
  const perPoint = Math.max(1, Math.floor((kills * 2) / 3 / crashPoints.length));
  return { perPoint, atRandom: Math.max(1, kills - perPoint * crashPoints.length), random: seeded(seed) };
};

const total = ({ kills }: Checked) => Object.values(kills).reduce((a, b) => a + b, 0);

const run = async (wanted: number, seed: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
  const entry = await buildLife();
  let kills = 0;
  const killed = () => process.stderr.isTTY && process.stderr.write(`\r${++kills} kills of ${wanted} `);
  const began = Date.now();
  const inTrain = Math.round(wanted / 4);
  // Beside each other: each waits for its own processes most of the time.
  const [machine, train] = await Promise.all([
    crashMachine(entry, folder, { ...deathsOf(wanted - inTrain, seed), killed }),
    crashTrain(entry, folder, { ...deathsOf(inTrain, seed + 1), killed }),
  ]);
  const worlds = { machine, train };
  const result = { seed, kills: total(machine) + total(train), seconds: (Date.now() - began) / 1000, worlds };
  const wrong = [...machine.wrong, ...train.wrong];
  if (wrong.length === 0) rmSync(folder, { recursive: true, force: true });
  return { ...result, wrong, ...(wrong.length > 0 && { folder }) };
};

type Result = Awaited<ReturnType<typeof run>>;

const byWorld = (worlds: Result['worlds'], of: (checked: Checked) => number) => ({
  machine: of(worlds.machine),
  train: of(worlds.train),
});

const tell = ({ seed, kills, seconds, worlds, wrong, folder }: Result) => {
  const points = [...crashPoints, 'at random'];
  console.table({
    ...Object.fromEntries(points.map((point) => [point, byWorld(worlds, (it) => it.kills[point] ?? 0)])),
    'SIGKILLs in all': byWorld(worlds, total),
    'executions compared': byWorld(worlds, ({ executions }) => executions),
    differences: byWorld(worlds, ({ differences }) => differences),
    'tokens compared': byWorld(worlds, ({ tokens }) => tokens),
    'calls repeated': byWorld(worlds, ({ repeated }) => repeated),
  });
  for (const what of wrong) process.stdout.write(`wrong: ${what}\n`);
  const verdict =
    folder === undefined ? 'nothing lost, doubled or different' : `${wrong.length} faults; data: ${folder}`;
  process.stdout.write(`Seed ${seed}: ${kills} SIGKILLs in ${Math.round(seconds)} s, ${verdict}\n`);
};

const wanted = natural('kills', 1);
const seed = natural('seed', 0);
if (values.help) process.stdout.write(usage);
else if (wanted === undefined || seed === undefined) process.exitCode = 1;
else {
  const result = await run(wanted, seed);
  if (values.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else tell(result);
  process.exitCode = result.wrong.length === 0 && result.kills >= wanted ? 0 : 1;
}
