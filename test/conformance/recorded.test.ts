/** The recorded behaviour of AWS that the engine has reached stays reached; `npm run conformance` shows all of it. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadCases, verdictOf } from './cases.ts';

const path = resolve('..', 'shared', 'asl', 'cases.json');

const recorded = existsSync(path) ? test : test.skip;

recorded(`recorded executions end as on AWS, with the same history (needs ${path})`, async () => {
  const { cases, compare } = await loadCases(path);
  const differing: string[] = [];
  let compared = 0;
  for (const it of cases) {
    if (it.kind !== 'execution') continue;
    compared++;
    const { outcome, cause, history, known } = await verdictOf(it, compare);
    const found = outcome ?? cause ?? (known === undefined ? history : null);
    if (found !== null) differing.push(`${it.id} ${it.source}: ${found}`);
  }
  expect(differing).toEqual([]);
  expect(compared).toBeGreaterThan(200);
});

recorded(`recorded conversations with the API are answered as on AWS (needs ${path})`, async () => {
  const { cases, compare } = await loadCases(path);
  const conversations = cases.filter(({ steps }) => steps !== undefined);
  const differing: string[] = [];
  for (const it of conversations) {
    const { outcome, known } = await verdictOf(it, compare);
    if (outcome !== null && known === undefined) differing.push(`${it.id} ${it.source}: ${outcome}`);
  }
  expect(differing).toEqual([]);
  expect(conversations.length).toBeGreaterThan(150);
});
