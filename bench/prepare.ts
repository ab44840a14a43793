/**
 * `npm run bench:prepare [-- --json] [--max-gb N]`: the whole preparation of a drop (receive, profile, split, recipe, channels) on generated
 * files like Adult of 0.1, 0.5 and 4 GB, beside a bare DuckDB COPY from CSV to CSV of the same file, which is about the least any
 * engine has to do. Each in a process of its own, in turns; rows per second, peak resident memory, and the ratio of the speeds
 * (1: as fast as the copy; the goal is 0.5). Where Debian's python3-sklearn is installed, the smallest file also goes
 * through the same preparation in scikit-learn.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Worked } from './prepareWork.ts';

const usage = `npm run bench:prepare -- [options]

  --max-gb <n>  the largest file to try (default 4: 0.1, 0.5 and 4 GB; needs three times its size of free disk)
  --json        the figures as JSON on standard output
  --help        this
`;

const { values } = parseArgs({
  options: {
    'max-gb': { type: 'string', default: '4' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const sizes = [0.1, 0.5, 4];
const goal = { ratioToCopy: 0.5, peakMiB: 2048 };
/** Of the largest file one turn has to do. */
const turnsOf = (gb: number) => (gb > 1 ? 1 : 3);
const entry = fileURLToPath(new URL('prepareWork.mjs', import.meta.url));

const median = (list: readonly number[]) => list.toSorted((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

const played = (program: string, args: readonly string[]): Worked => {
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 24 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
  return JSON.parse(stdout) as Worked;
};

const hasSklearn = () => spawnSync('python3', ['-c', 'import sklearn']).status === 0;

const measure = (gb: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    const file = 'adult.csv';
    const { rows } = played(process.execPath, [entry, 'make', file, folder, String(gb)]);
    const runs = { prepare: [] as Worked[], copy: [] as Worked[] };
    for (let turn = 0; turn < turnsOf(gb); turn++) {
      runs.copy.push(played(process.execPath, [entry, 'copy', file, folder]));
      runs.prepare.push(played(process.execPath, [entry, 'prepare', file, folder]));
    }
    const milliseconds = (list: readonly Worked[]) => median(list.map((it) => it.milliseconds));
    const speed = (list: readonly Worked[]) => Math.round((1000 * rows) / milliseconds(list));
    const sklearn =
      gb === sizes[0] && hasSklearn()
        ? played('python3', [join('bench', 'prepare.py'), join(folder, file), folder])
        : undefined;
    return {
      gb,
      bytes: statSync(join(folder, file)).size,
      rows,
      rowsPerSecond: speed(runs.prepare),
      copyRowsPerSecond: speed(runs.copy),
      ratioToCopy: milliseconds(runs.copy) / milliseconds(runs.prepare),
      peakMiB: Math.round(Math.max(...runs.prepare.map(({ peakMiB }) => peakMiB))),
      copyPeakMiB: Math.round(Math.max(...runs.copy.map(({ peakMiB }) => peakMiB))),
      ...(sklearn && {
        sklearnRowsPerSecond: Math.round((1000 * rows) / sklearn.milliseconds),
        sklearnPeakMiB: Math.round(sklearn.peakMiB),
      }),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

type Figures = ReturnType<typeof measure>;

const shown = (value: number) => value.toLocaleString('en');

const line = (it: Figures) =>
  [
    `${it.gb} GB, ${shown(it.rows)} rows: ${shown(it.rowsPerSecond)} rows/s, bare copy ${shown(it.copyRowsPerSecond)}: ${it.ratioToCopy.toFixed(2)} of its speed (goal ${goal.ratioToCopy}${it.ratioToCopy >= goal.ratioToCopy ? ', met' : ''})`,
    `  peak ${shown(it.peakMiB)} MiB (goal ${goal.peakMiB}${it.peakMiB <= goal.peakMiB ? ', met' : ''}), copy ${shown(it.copyPeakMiB)} MiB`,
    it.sklearnRowsPerSecond === undefined
      ? ''
      : `  scikit-learn ${shown(it.sklearnRowsPerSecond)} rows/s, ${shown(it.sklearnPeakMiB ?? 0)} MiB`,
  ]
    .filter(Boolean)
    .join('\n');

const most = Number(values['max-gb']);
if (values.help) process.stdout.write(usage);
else if (!(most >= sizes[0]!)) {
  process.stderr.write(`--max-gb must be a number from ${sizes[0]}; got '${values['max-gb']}'\n`);
  process.exitCode = 1;
} else {
  const figures: Figures[] = [];
  for (const gb of sizes.filter((size) => size <= most)) {
    const found = measure(gb);
    figures.push(found);
    if (!values.json) process.stdout.write(`${line(found)}\n`);
  }
  if (!hasSklearn() && !values.json) process.stdout.write('scikit-learn is not installed: not compared\n');
  if (values.json)
    process.stdout.write(`${JSON.stringify({ node: process.version, goal, sizes: figures }, null, 2)}\n`);
}
