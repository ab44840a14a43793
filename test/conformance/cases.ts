/** Recorded cases and what the engine makes of them. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { play } from './execution.ts';
import type { Case, Compare, Verdict } from './recording.ts';

/** What is compared, from the coarsest to the finest. */
export const levels = ['outcome', 'cause', 'types', 'history'] as const;

/** Reads a cases.json and the judge beside it. */
export const loadCases = async (path: string): Promise<{ cases: Case[]; compare: Compare }> => {
  const compare = (await import(pathToFileURL(join(dirname(path), 'compare.mjs')).href)) as Compare;
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: Case[] };
  return { cases, compare };
};

/** A case agrees at a level when each of its runs does. */
export const verdictOf = async (it: Case, compare: Compare): Promise<Verdict> => {
  const all: Verdict = { outcome: null, cause: null, types: null, history: null };
  for (const run of it.runs) {
    let verdict: Verdict;
    try {
      verdict = compare.judge(run.expected, await play(run, it.functions, compare));
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      verdict = { outcome: text, cause: text, types: text, history: text };
    }
    for (const level of levels) all[level] ??= verdict[level];
  }
  return all;
};
