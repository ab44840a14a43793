/** Recorded cases and what the engine makes of them. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { play, type Actual } from './execution.ts';
import { known, knownInSteps } from './known.ts';
import type { Case, Compare, RecordedRun, Verdict } from './recording.ts';
import { playSteps } from './steps.ts';

/** What is compared, from the coarsest to the finest. */
export const levels = ['outcome', 'cause', 'types', 'history'] as const;

/** Reads a cases.json and the judge beside it, or else the judge of the recorded cases. */
export const loadCases = async (path: string): Promise<{ cases: Case[]; compare: Compare }> => {
  const beside = join(dirname(path), 'compare.mjs');
  const judge = existsSync(beside) ? beside : resolve('..', 'shared', 'asl', 'compare.mjs');
  const compare = (await import(pathToFileURL(judge).href)) as Compare;
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: Case[] };
  return { cases, compare };
};

const textOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** A case of steps agrees with the recording in everything or in nothing. */
const stepsVerdict = async (it: Case, compare: Compare): Promise<Verdict> => {
  const found = await playSteps(it, compare).catch(textOf);
  const known = knownInSteps.find((it) => found !== null && it.found.test(found))?.reason;
  return { outcome: found, cause: found, types: found, history: found, known };
};

/** Why a history that differs is no fault of the engine, if it is none. */
const reasonFor = (
  { expected }: RecordedRun,
  actual: Actual,
  { outcome, cause, history }: Verdict,
  compare: Compare,
) =>
  history === null || outcome !== null || cause !== null
    ? undefined
    : known.find(({ without }) => compare.judge(expected, without(actual, expected)).history === null)?.reason;

/** A case agrees at a level when each of its runs does. */
export const verdictOf = async (it: Case, compare: Compare): Promise<Verdict> => {
  if (it.steps) return stepsVerdict(it, compare);
  const all: Verdict = { outcome: null, cause: null, types: null, history: null };
  for (const run of it.runs ?? []) {
    let verdict: Verdict;
    try {
      const actual = await play(run, it, compare);
      verdict = compare.judge(run.expected, actual);
      all.known ??= reasonFor(run, actual, verdict, compare);
    } catch (error) {
      const text = textOf(error);
      verdict = { outcome: text, cause: text, types: text, history: text };
    }
    for (const level of levels) all[level] ??= verdict[level];
  }
  return all;
};
