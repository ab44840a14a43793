/** The recorded behaviour of AWS that the engine has reached stays reached; `npm run conformance` shows all of it. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadCases, verdictOf } from './cases.ts';

const path = resolve('..', 'shared', 'asl', 'cases.json');

/** Not there yet: Distributed Map runs child executions of its own. */
const beyond = (definition: unknown) => JSON.stringify(definition).includes('"DISTRIBUTED"');

/** The recorder dropped ParallelStateSucceeded and ParallelStateFailed, whose places are left empty in its numbering. */
const unrecorded = (definition: unknown) => JSON.stringify(definition).includes('"Parallel"');

const recorded = existsSync(path) ? test : test.skip;

recorded(`recorded executions end as on AWS, with the same history (needs ${path})`, async () => {
  const { cases, compare } = await loadCases(path);
  const differing: string[] = [];
  let compared = 0;
  for (const it of cases) {
    if (it.kind !== 'execution' || it.runs?.some(({ definition }) => beyond(definition))) continue;
    compared++;
    const { outcome, cause, history } = await verdictOf(it, compare);
    const parallel = it.runs?.some(({ definition }) => unrecorded(definition));
    const found = outcome ?? cause ?? (parallel ? null : history);
    if (found !== null) differing.push(`${it.id} ${it.source}: ${found}`);
  }
  expect(differing).toEqual([]);
  expect(compared).toBeGreaterThan(200);
});
