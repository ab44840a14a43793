/**
 * What can be said only when every contender was scored: how steady a candidate is over its folds, and whether the best one is
 * better than the deployed model on the very same rows.
 */
import * as z from 'zod';
import { compare } from '../data/evaluation/comparison.ts';
import { summariseFolds } from '../data/evaluation/folds.ts';
import { directionOf } from '../data/metrics.ts';
import { evaluationDocument, type FoldSummary } from '../spec/evaluation.ts';
import { bestOf } from '../spec/gate.ts';
import { foldId, keys } from '../spec/names.ts';
import { candidateResult, runId, type CandidateResult, type Plan, type Prepared } from '../spec/run.ts';
import { readAnswers, thresholdFor } from './lib/answers.ts';
import { readDocument, writeDocument } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { foldsOf, readPlan, readPrepared } from './lib/run.ts';

export const handler = define({
  input: z.strictObject({ runId }),
  async run({ runId }) {
    const [plan, prepared] = await Promise.all([readPlan(runId), readPrepared(runId)]);
    const candidates: CandidateResult[] = [];
    for (const { id } of plan.candidates) {
      const result = await readDocument(keys.metrics(runId, id), candidateResult);
      const folds = await foldsSummary(plan, id);
      candidates.push({ ...result, ...(folds && { folds }) });
    }
    const best = bestOf(candidates, prepared.objective, directionOf(prepared.objective));
    if (best && plan.champion && !prepared.championComplaint)
      best.comparison = await againstChampion(plan, prepared, best);
    for (const result of candidates) await keep(runId, result);
    return { best: best?.candidate ?? null };
  },
});

/** Mean, deviation and interval of every metric over the folds of a candidate. */
const foldsSummary = async (plan: Plan, id: number): Promise<Record<string, FoldSummary> | undefined> => {
  const count = foldsOf(plan);
  if (count === 0) return undefined;
  const { folds = 2, repeats } = plan.pipeline.prepare.split;
  const results = await Promise.all(
    Array.from({ length: count }, (_, fold) =>
      readDocument(keys.metrics(plan.runId, foldId(id, fold)), candidateResult),
    ),
  );
  const metrics = Object.keys(results[0]?.metrics ?? {});
  const summaries = metrics.flatMap((metric) => {
    const values = results.flatMap(({ metrics }) => metrics[metric] ?? []);
    // A metric that one fold does not have has no mean over the folds.
    const summary =
      values.length === count && summariseFolds(values, repeats > 1 ? { testByTrain: 1 / (folds - 1) } : {});
    return summary ? [[metric, summary] as const] : [];
  });
  return Object.fromEntries(summaries);
};

const againstChampion = async (plan: Plan, prepared: Prepared, { candidate, threshold }: CandidateResult) => {
  const challenger = await readAnswers(plan, prepared, candidate, threshold);
  const own = await thresholdFor(plan, prepared, 'champion');
  const champion = await readAnswers(plan, prepared, 'champion', own.threshold);
  const { minDelta, significance } = plan.pipeline.gate.champion;
  return compare(challenger, champion, prepared.objective, {
    margin: minDelta,
    ...(significance !== undefined && { level: 1 - significance }),
  });
};

const keep = async (runId: string, { folds, comparison, ...result }: CandidateResult) => {
  if (!folds && !comparison) return;
  const more = { ...(folds && { folds }), ...(comparison && { comparison }) };
  await writeDocument(keys.metrics(runId, result.candidate), { ...result, ...more });
  const document = await readDocument(keys.evaluated(runId, result.candidate), evaluationDocument);
  await writeDocument(keys.evaluated(runId, result.candidate), { ...document, ...more });
};
