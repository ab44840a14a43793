/** What a model answered for the held-out rows, beside their labels. */
import type { Answers } from '../../data/metrics.ts';
import { keys, partsOf, type CandidateId } from '../../spec/names.ts';
import type { Plan, Prepared } from '../../spec/run.ts';
import { readLines } from './objectStream.ts';
import { contender } from './run.ts';
import { readScores } from './scores.ts';

/** The labels of the held-out rows, or of one fold. */
export const readLabels = async (runId: string, fold?: number): Promise<Float64Array> => {
  const labels: number[] = [];
  for await (const line of readLines(keys.testLabels(runId, fold))) labels.push(Number(line));
  return Float64Array.from(labels);
};

/** Throws AlgorithmError when the answers do not fit the rows. */
export const readAnswers = async (plan: Plan, { problem }: Prepared, candidate: CandidateId): Promise<Answers> => {
  const { runId } = plan;
  const labels = await readLabels(runId, partsOf(candidate).fold);
  const { algorithm } = contender(plan, candidate);
  const key = `${keys.candidate(runId, candidate)}features.csv.out`;
  return { problem, labels, scores: await readScores(key, algorithm, problem, labels.length) };
};
