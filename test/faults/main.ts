/** Makes every call of every function go wrong in every way, and says what becomes of the runs. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { RoleUsage } from '../../runtime/iam/usage.ts';
import { openDealer } from './dealing.ts';
import { faultNames } from './kinds.ts';
import { cellsOf, costOf, livesOf } from './matrix.ts';
import { rowOf, share, type Told } from './part.ts';
import { permissionsOf } from './permissions.ts';
import { explained, tableOf, verdictOf } from './table.ts';

const usage = `npm run test:faults -- [options]

Every call to AWS of every function, as whole runs of our own machines make them, with every fault:
  ${faultNames.join(', ')}
in the whole product under virtual time; and each run stopped in each of its states. Each run must end, succeeded or failed with
its cause; nothing may be left running or locked; no job, endpoint, model version or notification may come twice. "reaped": so only
after the reaper has come by, on its own schedule; for a fault that passes that is wrong, too.

  --function <names>  only calls of these functions; several with commas
  --kind <faults>     only these faults, or "stopped"
  --only <text>       only cells in whose "function call fault" this stands; several with commas
  --every <n>         only each n-th cell
  --lives <names>     only calls that are made in these lives (test/faults/scenarios.ts)
  --keep <file>       writes down how each cell ended and what the roles were used for; runs no cell again that stands there and
                      is right. A file is good for one state of the project
  --parts <n>         processes that share the work (default 2)
  --at-once <n>       cells that a process runs beside each other (default 6), each with cold functions of its own at first
  --json              the result as JSON on standard output
  --help              this

Each line of the table comes when its cells have ended; ^C ends with what is known by then. At the end: which permissions of the
roles were lacking and which nothing has needed. Exits with 0 when nothing is wrong, else with 1.
`;

const { values } = parseArgs({
  options: {
    function: { type: 'string', default: '' },
    kind: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    every: { type: 'string', default: '1' },
    lives: { type: 'string', default: '' },
    keep: { type: 'string' },
    parts: { type: 'string', default: '2' },
    'at-once': { type: 'string', default: '6' },
    part: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const listed = (text: string) => text.split(',').filter(Boolean);

/** Which of two functions hears of a job first is not the same each time: a fault that was not met is tried again. */
const tries = 3;

const nameOf = (cell: Pick<Told, 'row' | 'order'>) => `${cell.row} ${cell.order?.fault ?? ''}`.trimEnd();

const isWanted = (cell: Pick<Told, 'row' | 'order'>) => {
  const among = (list: string, name: string | undefined) => list === '' || listed(list).includes(name ?? '');
  return (
    among(values.function, cell.order?.functionName) &&
    among(values.kind, cell.order?.fault ?? 'stopped') &&
    (values.only === '' || listed(values.only).some((it) => `${nameOf(cell)} `.includes(it)))
  );
};

/** What a file keeps of runs that were broken off: cells, and what the roles were used for in them. */
type Kept = { cell: Told } | { roles: RoleUsage[] };

const keep = (it: Kept) => {
  if (values.keep !== undefined) appendFileSync(values.keep, `${JSON.stringify(it)}\n`);
};

const kept = (): Kept[] => {
  if (values.keep === undefined || !existsSync(values.keep)) return [];
  const lines = readFileSync(values.keep, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Kept);
};

const run = async () => {
  const began = performance.now();
  const write = (text: string) => void (values.json || process.stdout.write(text));
  const dealer = openDealer(Number(values.parts));
  const lives: Told[] = [];
  const hear = (cell: Told, count: string) => {
    const seconds = cell.seconds.toFixed(1);
    process.stderr.write(
      `${count} ${cell.row === '' ? cell.scenario : nameOf(cell)}: ${verdictOf(cell)}, ${seconds} s\n`,
    );
    if (cell.wrong.length > 0) process.stderr.write(explained(cell));
  };
  const planned = livesOf(listed(values.lives));
  await dealer.deal(planned, 1, (cell) => {
    lives.push(cell);
    hear(cell, `life ${lives.length}/${planned.length}`);
    return false;
  });

  const wanted = cellsOf(lives)
    .map((cell) => ({ ...cell, row: rowOf(cell) }))
    .filter(isWanted)
    .filter((_, at) => at % Number(values.every) === 0);
  const names = new Set(wanted.map(nameOf));
  const before = kept();
  const cells = before
    .flatMap((it) => ('cell' in it && it.cell.wrong.length === 0 ? [it.cell] : []))
    .filter((cell) => names.delete(nameOf(cell)));
  const left = wanted.filter((cell) => names.has(nameOf(cell)));
  const { head, rows, row } = tableOf(wanted);
  const size = (name: string, all: readonly { row: string }[]) => all.filter((it) => it.row === name).length;
  let written = 0;
  /** Rows whose cells have ended, in the order of the table. */
  const writeRows = () => {
    for (let name = rows[written]; name !== undefined; name = rows[++written]) {
      if (size(name, cells) < size(name, wanted)) return;
      write(`${row(name, cells)}\n`);
    }
  };
  write(`${head}\n`);
  writeRows();
  const attempts = new Map<string, number>();
  await dealer.deal(left, Number(values['at-once']), (cell) => {
    cell.wrong.push(...costOf(cell, lives));
    const attempt = (attempts.get(nameOf(cell)) ?? 0) + 1;
    attempts.set(nameOf(cell), attempt);
    if (cell.met === 0 && cell.wrong.length === 0 && attempt < tries) return true;
    cells.push(cell);
    keep({ cell });
    hear(cell, `${cells.length}/${wanted.length}`);
    writeRows();
    return false;
  });
  // What was broken off has lines that are not full.
  for (const name of rows.slice(written)) if (size(name, cells) > 0) write(`${row(name, cells)}\n`);

  const { usages, broken } = await dealer.close();
  for (const roles of usages) keep({ roles });
  const wrong = [...lives, ...cells].filter((it) => it.wrong.length > 0);
  const reaped = cells.filter((it) => it.wrong.length === 0 && it.reaped.length > 0);
  const unmet = cells.filter((it) => it.wrong.length === 0 && it.met === 0);
  const seconds = Math.round((performance.now() - began) / 1000);
  const permissions = permissionsOf([...usages, ...before.flatMap((it) => ('roles' in it ? [it.roles] : []))]);
  // A part of the cells does not need all that the roles may.
  const isWhole = listed(values.lives).length === 0 && cells.length === wanted.length;
  const isAll = isWhole && values.every === '1' && [values.function, values.kind, values.only].every((it) => it === '');
  const { denied, wildcards, unused } = permissions;
  const amiss = [...denied, ...wildcards, ...(isAll ? unused : [])];
  for (const [kind, list] of Object.entries(permissions) as [string, string[]][])
    write(`\npermissions ${kind}: ${list.length}\n${list.map((it) => `    ${it}\n`).join('')}`);
  write(
    `\n${cells.length} of ${wanted.length} cells in ${seconds} s: ${wrong.length} wrong, ${reaped.length} put right by the reaper, ${unmet.length} not met\n`,
  );
  if (values.json)
    process.stdout.write(`${JSON.stringify({ seconds, cells: [...lives, ...cells], permissions }, null, 1)}\n`);
  const isWell = wrong.length === 0 && amiss.length === 0 && broken === 0 && cells.length === wanted.length;
  process.exitCode = isWell ? 0 : 1;
};

if (values.help) process.stdout.write(usage);
else if (values.part) {
  await share();
  // Connections that a fault has left hanging keep nobody waiting.
  process.exit(0);
} else {
  // The processes hear of it, too: what is known by then is told.
  process.on('SIGINT', () => {});
  await run();
}
