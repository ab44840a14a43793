/** What a model answered for the held-out rows, beside their labels, and from which score on it answers class 1. */
import { chooseThreshold } from '../../data/evaluation/threshold.ts';
import type { Answers } from '../../data/metrics.ts';
import type { ThresholdChoice, ThresholdCriterion } from '../../spec/evaluation.ts';
import { keys, partsOf, type CandidateId } from '../../spec/names.ts';
import type { Plan, Prepared } from '../../spec/run.ts';
import { readLines } from './objectStream.ts';
import { contender } from './run.ts';
import { readScores } from './scores.ts';

const readLabels = async (key: string): Promise<Float64Array> => {
  const labels: number[] = [];
  for await (const line of readLines(key)) labels.push(Number(line));
  return Float64Array.from(labels);
};

/** Throws AlgorithmError when the answers do not fit the rows. */
export const readAnswers = async (
  plan: Plan,
  { problem }: Pick<Prepared, 'problem'>,
  candidate: CandidateId,
  threshold?: number,
): Promise<Answers> => {
  const labels = await readLabels(keys.testLabels(plan.runId, partsOf(candidate).fold));
  const scores = await scoresOf(plan, problem, candidate, 'features', labels.length);
  return { problem, labels, scores, ...(threshold !== undefined && { threshold }) };
};

const scoresOf = (
  plan: Plan,
  problem: Prepared['problem'],
  candidate: CandidateId,
  of: 'features' | 'validation',
  rows: number,
) =>
  readScores(
    `${keys.candidate(plan.runId, candidate)}${of}.csv.out`,
    contender(plan, candidate).algorithm,
    problem,
    rows,
  );

/** Where class 1 begins unless somebody says otherwise. */
const usualThreshold = 0.5;

/** The criterion by which a threshold is to be chosen, which takes the scores of the validation rows. */
export const criterionOf = ({ pipeline }: Pick<Plan, 'pipeline'>): ThresholdCriterion | undefined => {
  const { threshold } = pipeline.evaluate;
  return typeof threshold === 'number' ? undefined : threshold;
};

/**
 * From which score on a contender of a binary problem answers class 1: what the pipeline says, or chosen on the validation
 * rows, each fold's on its own. The champion keeps the threshold that it was deployed with.
 */
export const thresholdFor = async (
  plan: Plan,
  { problem }: Pick<Prepared, 'problem'>,
  candidate: CandidateId,
): Promise<{ threshold?: number; choice?: ThresholdChoice }> => {
  if (problem !== 'binary') return {};
  if (candidate === 'champion') return { threshold: plan.champion?.threshold ?? usualThreshold };
  const { threshold = usualThreshold } = plan.pipeline.evaluate;
  if (typeof threshold === 'number') return { threshold };
  const labels = await readLabels(keys.validationLabels(plan.runId, partsOf(candidate).fold));
  const scores = await scoresOf(plan, problem, candidate, 'validation', labels.length);
  const choice = chooseThreshold(labels, scores, threshold);
  return { threshold: choice.threshold, choice };
};
