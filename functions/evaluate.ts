/** Scores a contender on the held-out rows: predictions of the transform job against the labels nobody trained on. */
import * as z from 'zod';
import type { Problem, Score } from '../algorithms/algorithm.ts';
import { evaluate, flatScores } from '../data/metrics.ts';
import { AlgorithmError } from '../spec/errors.ts';
import { keys } from '../spec/names.ts';
import { candidateId, runId, type CandidateResult } from '../spec/run.ts';
import { readText, writeDocument } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { contender, readPlan, readPrepared } from './lib/run.ts';
import { readScores } from './lib/scores.ts';

export const handler = define({
  input: z.strictObject({ runId, candidate: candidateId }),
  async run({ runId, candidate }): Promise<CandidateResult> {
    const [plan, prepared, labelText] = await Promise.all([
      readPlan(runId),
      readPrepared(runId),
      readText(keys.testLabels(runId)),
    ]);
    const labels = Float64Array.from((labelText?.text ?? '').trimEnd().split('\n'), Number);
    const { algorithm, modelName } = contender(plan, candidate);
    const predictions = `${keys.candidate(runId, candidate)}features.csv.out`;
    const scores = await readScores(predictions, algorithm, prepared.problem, labels.length);
    const { metrics, confusionMatrix } = measured(prepared.problem, labels, scores, predictions);
    const result: CandidateResult = {
      candidate,
      algorithm,
      modelName,
      metrics,
      ...(confusionMatrix && { confusionMatrix }),
    };
    await writeDocument(keys.metrics(runId, candidate), result);
    return result;
  },
});

/** Scores that are no numbers or no probabilities are the model's fault. */
const measured = (problem: Problem, labels: Float64Array, scores: Score[], where: string) => {
  try {
    return evaluate({ problem, labels, scores: flatScores(scores) });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new AlgorithmError({ what: cause.message, where }, { cause });
  }
};
