/** Makes every call of every function go wrong in every way, and says what becomes of the runs. */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { RoleUsage } from '../../runtime/iam/usage.ts';
import type { Ended, Planned } from './cells.ts';
import { faultNames } from './kinds.ts';
import { cellsOf, runMatrix, stopsOf, undisturbed } from './matrix.ts';
import { permissionsOf } from './permissions.ts';
import { openFaultWorld } from './world.ts';

const usage = `npm run test:faults -- [options]

Every call to AWS of every function, as whole runs of our own machines make them, with every fault:
  ${faultNames.join(', ')}
in the whole product under virtual time; and each run stopped in each of its states. Each run must end, succeeded or failed with its cause; nothing may be left running or
locked; no job, endpoint, model version or notification may come twice. "reaped": so only
after the reaper has come by, on its own schedule; for a fault that passes that is wrong, too.

  --only <text>   only cells in whose "function call fault" this stands; several with commas
  --every <n>     only each n-th cell
  --lives <names> only calls that are made in these lives (test/faults/scenarios.ts)
  --parts <n>     processes that share the work (default 2)
  --json          the result as JSON on standard output
  --help          this

At the end: which permissions of the roles were lacking and which nothing has needed.
Exits with 0 when nothing is wrong, else with 1.
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    every: { type: 'string', default: '1' },
    lives: { type: 'string', default: '' },
    parts: { type: 'string', default: '2' },
    part: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

export interface Told extends Omit<Ended, 'seen' | 'entered'> {
  /** `submit sagemaker.CreateTrainingJob`, `stopped in candidate.PollTraining`; empty for a life undisturbed. */
  row: string;
}

const atOnce = 6;

const rowOf = ({ order, stop }: Planned) => {
  if (order) return `${order.functionName} ${order.call}`;
  return stop ? `stopped in ${stop.machine}.${stop.state}` : '';
};

const told = ({ seen: _, entered: __, ...cell }: Ended): Told => ({ ...cell, row: rowOf(cell) });

/** By name, for processes need not find the cells in the same order. */
const partOf = (cell: Planned) => {
  const digest = createHash('sha256')
    .update(`${rowOf(cell)} ${cell.order?.fault ?? ''}`)
    .digest();
  return digest.readUInt32BE() % Number(values.parts);
};

type Said = Told | { roles: RoleUsage[] };

/** To the process that shares the work out; standard output is full of what functions log. */
const say = (said: Said) => void process.send?.(said);

/** One process's share. */
const share = async (part: number) => {
  const tell = (cell: Ended) => say(told(cell));
  const world = await openFaultWorld();
  const clean = await undisturbed(world, values.lives.split(',').filter(Boolean));
  for (const cell of clean) tell(cell);
  const wanted = values.only.split(',');
  const cells = [...cellsOf(clean), ...stopsOf(clean)]
    .filter((cell) => wanted.some((it) => `${rowOf(cell)} ${cell.order?.fault ?? ''}`.includes(it)))
    .filter((_, at) => at % Number(values.every) === 0)
    .filter((cell) => partOf(cell) === part);
  await runMatrix(world, clean, cells, atOnce, tell);
  say({ roles: world.runtime.iamReport() });
  await world.close();
};

const shared = (part: number, hear: (said: Said) => void): Promise<number> =>
  new Promise((resolve) => {
    const { only, every, lives, parts } = values;
    const given = Object.entries({ part: String(part), parts, only, every, lives }).flatMap(([name, value]) => [
      `--${name}`,
      value,
    ]);
    const child = fork(process.argv[1] ?? '', given, {
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (said) => hear(said as Said));
    child.once('exit', (code) => resolve(code ?? 1));
  });

const verdictOf = ({ wrong, reaped, met, outcomes }: Told): string => {
  if (wrong.length > 0) return 'WRONG';
  if (reaped.length > 0) return 'reaped';
  return met === 0 ? '-' : (outcomes.at(-1)?.outcome.toLowerCase() ?? 'ok');
};

/** What is wrong with a cell, as soon as it is known. */
const explained = ({ row, scenario, order, outcomes, refusals, wrong }: Told): string => {
  const lines = [...wrong, ...outcomes.map(({ outcome, summary }) => `the run: ${outcome}, ${summary}`), ...refusals];
  return `WRONG ${row} ${order?.fault ?? 'undisturbed'} (${scenario})\n${lines.map((line) => `    ${line}\n`).join('')}`;
};

const table = (lines: readonly string[][]): string => {
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, at) => text.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** A line for each call with what becomes of the run by fault, then one for each state in which it is stopped. */
const tables = (cells: readonly Told[]): string => {
  const rows = [...new Set(cells.filter(({ order }) => order).map(({ row }) => row))].toSorted();
  const verdict = (row: string, fault: string) => {
    const cell = cells.find((it) => it.row === row && it.order?.fault === fault);
    return cell ? verdictOf(cell) : '';
  };
  const faults = rows.map((row) => [row, ...faultNames.map((fault) => verdict(row, fault))]);
  const stops = cells.filter(({ stop }) => stop).map((cell) => [cell.row, verdictOf(cell)]);
  return `${table([['', ...faultNames], ...faults])}\n\n${table([['', 'the run'], ...stops])}`;
};

const run = async () => {
  const began = performance.now();
  const all: Told[] = [];
  const usages: RoleUsage[][] = [];
  const codes = await Promise.all(
    Array.from({ length: Number(values.parts) }, (_, part) =>
      shared(part, (cell) => {
        if ('roles' in cell) {
          usages.push(cell.roles);
          return;
        }
        all.push(cell);
        if (process.stderr.isTTY) process.stderr.write(`\r${all.length} cells `);
        if (cell.wrong.length > 0) process.stderr.write(`\n${explained(cell)}`);
      }),
    ),
  );
  const cells = all.filter(({ row }) => row !== '');
  const wrong = all.filter((it) => it.wrong.length > 0);
  const reaped = cells.filter((it) => it.wrong.length === 0 && it.reaped.length > 0);
  const seconds = Math.round((performance.now() - began) / 1000);
  const permissions = permissionsOf(usages);
  // A part of the cells does not need all that the roles may.
  const isWhole = values.only === '' && values.lives === '' && values.every === '1';
  const { denied, wildcards, unused } = permissions;
  const amiss = [...denied, ...wildcards, ...(isWhole ? unused : [])];
  if (values.json) process.stdout.write(`${JSON.stringify({ seconds, cells: all, permissions }, null, 1)}\n`);
  else {
    process.stdout.write(`${tables(cells)}\n\n`);
    for (const [kind, list] of Object.entries(permissions) as [string, string[]][])
      process.stdout.write(`permissions ${kind}: ${list.length}\n${list.map((it) => `    ${it}\n`).join('')}`);
    process.stdout.write(
      `${cells.length} cells in ${seconds} s, ${wrong.length} wrong, ${reaped.length} put right by the reaper\n`,
    );
  }
  process.exitCode = wrong.length === 0 && amiss.length === 0 && codes.every((code) => code === 0) ? 0 : 1;
};

if (values.help) process.stdout.write(usage);
else if (values.part === undefined) await run();
else {
  await share(Number(values.part));
  // Connections that a fault has left hanging keep nobody waiting.
  process.exit(0);
}
