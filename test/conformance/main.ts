/**
 * `npm run conformance [-- path/to/cases.json] [--json] [--only text] [--explain]`: how the engine and its API compare with recorded
 * behaviour of AWS. With --json: how many cases `passed` at every level, how many differ for a `known` reason (known.ts), the `total`, and the `categories` level by level.
 * The judge, compare.mjs, is taken from beside the cases.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { levels, loadCases, verdictOf } from './cases.ts';
import type { Verdict } from './recording.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, only: { type: 'string' }, explain: { type: 'boolean' } },
});
const path = resolve(positionals[0] ?? join('..', 'shared', 'asl', 'cases.json'));
if (!existsSync(path)) {
  console.error(`No recorded cases at ${path}: give the path of a cases.json`);
  process.exit(2);
}
const { cases, compare } = await loadCases(path);

type Tally = Record<(typeof levels)[number] | 'total', number>;
const none = (): Tally => ({ total: 0, outcome: 0, cause: 0, types: 0, history: 0 });

const tallies = new Map<string, Tally>();
let passed = 0;
let known = 0;
const results: ({ id: string; category: string; source: string } & Verdict)[] = [];
for (const it of cases) {
  if (values.only !== undefined && !`${it.category} ${it.source} ${it.id}`.includes(values.only)) continue;
  const verdict = await verdictOf(it, compare);
  const tally = tallies.get(it.category) ?? none();
  tallies.set(it.category, tally);
  tally.total++;
  // A cause or a history that AWS did not record does not make up for another outcome.
  for (const level of levels) if (verdict[level] === null && verdict.outcome === null) tally[level]++;
  if (levels.every((level) => verdict[level] === null)) passed++;
  else if (verdict.known !== undefined) known++;
  results.push({ id: it.id, category: it.category, source: it.source, ...verdict });
}

const sum = none();
for (const tally of tallies.values()) for (const key of [...levels, 'total'] as const) sum[key] += tally[key];
if (values.json)
  console.log(
    JSON.stringify({ passed, known, total: sum.total, categories: Object.fromEntries(tallies), all: sum, results }),
  );
else {
  console.table({ ...Object.fromEntries(tallies), all: sum });
  console.log(`${passed} of ${sum.total} agree in everything, ${known} more differ for a reason that known.ts gives`);
  if (values.explain) {
    for (const { id, category, source, ...verdict } of results) {
      for (const level of levels) {
        if (verdict[level] !== null)
          console.log(`${category} ${id} ${source.replace(/.*::/, '')}\n   ${level}: ${verdict[level]}`);
        if (level === 'outcome' && verdict[level] !== null) break;
      }
    }
  }
}
