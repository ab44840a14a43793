/** The gate: a pure decision with reasons. */
import { type DriftFacts, judgeRule, show } from './gateRules.ts';
import { type Direction, goodness } from './goodness.ts';
import type { Pipeline } from './pipeline.ts';
import type { CandidateResult, GateVerdict, Prepared, RuleVerdict } from './run.ts';

export interface GateQuestion {
  gate: Pipeline['gate'];
  objective: string;
  direction: Direction;
  candidates: readonly CandidateResult[];
  /** The deployed model's metrics on the same held-out rows, or why it could not be scored. */
  champion?: CandidateResult | { complaint: string };
  baseline: Prepared['baseline'];
  /** For rules on drift. */
  drift?: DriftFacts;
}

/**
 * Picks the candidate with the best objective and judges it by every rule; it passes only if all do.
 * A metric that a candidate does not have is a failed rule, never a passed one.
 */
export const judge = (question: GateQuestion): GateVerdict => {
  const { gate, objective, direction, candidates } = question;
  const winner = bestOf(candidates, objective, direction);
  if (!winner)
    return {
      passed: false,
      objective,
      rules: [],
      summary: `Refused: no candidate has a finite ${objective}.`,
    };
  const rules = [
    ...gate.rules.flatMap((rule) => judgeRule(rule, winner, question.drift)),
    ...(gate.rules.length === 0 ? [againstBaseline(question, winner)] : []),
    ...(question.champion ? [againstChampion(question, question.champion, winner)] : []),
  ];
  const failed = rules.filter(({ passed }) => !passed);
  return {
    passed: failed.length === 0,
    objective,
    winner: order(winner),
    algorithm: winner.algorithm,
    rules,
    summary:
      failed.length === 0
        ? `Passed: ${winner.algorithm} with ${objective} ${show(value(winner, objective))}.`
        : `Refused: ${failed.map(({ reason }) => reason).join('; ')}.`,
  };
};

/** The candidate with the best objective, of equal ones the first; undefined when none has a finite one. */
export const bestOf = (
  candidates: readonly CandidateResult[],
  objective: string,
  direction: Direction,
): CandidateResult | undefined => {
  const worth = (result: CandidateResult) => goodness(value(result, objective), direction);
  return candidates
    .filter(({ metrics }) => Number.isFinite(metrics[objective]))
    .sort((a, b) => worth(b) - worth(a) || order(a) - order(b))[0];
};

const value = (result: CandidateResult, metric: string) => result.metrics[metric] ?? Number.NaN;
const order = ({ candidate }: CandidateResult) => (typeof candidate === 'number' ? candidate : -1);

const againstBaseline = ({ objective, direction, baseline }: GateQuestion, winner: CandidateResult): RuleVerdict => {
  const own = value(winner, objective);
  const other = baseline[objective] ?? Number.NaN;
  return {
    rule: `${objective} better than the baseline`,
    passed: goodness(own, direction) > goodness(other, direction),
    reason: `${objective} is ${show(own)}, always answering the mean or the majority class gives ${show(other)}`,
  };
};

const againstChampion = (
  question: GateQuestion,
  champion: CandidateResult | { complaint: string },
  winner: CandidateResult,
): RuleVerdict => {
  const { gate, objective, direction } = question;
  const { minDelta, significance } = gate.champion;
  const rule = `${objective} against the champion, minDelta ${minDelta}`;
  if ('complaint' in champion)
    return { rule, passed: false, reason: `the champion could not be scored on this file: ${champion.complaint}` };
  if (significance !== undefined) return significantGain(question, significance, winner);
  const own = value(winner, objective);
  const other = value(champion, objective);
  const gain = goodness(own, direction) - goodness(other, direction);
  return {
    rule,
    passed: gain >= minDelta,
    reason: `${objective} is ${show(own)}, the deployed model has ${show(other)} on the same held-out rows, wanted a gain of at least ${minDelta}`,
  };
};

/** A comparison of something else, or none, fails: nothing was shown then. */
const significantGain = (
  { gate, objective }: GateQuestion,
  significance: number,
  { comparison }: CandidateResult,
): RuleVerdict => {
  const { minDelta } = gate.champion;
  const rule = `${objective} against the champion, a gain above ${minDelta} with p at most ${significance}`;
  if (comparison?.metric !== objective || comparison.margin !== minDelta)
    return { rule, passed: false, reason: `${objective} was not compared with the deployed model's row by row` };
  const { challenger, champion, gain, lower, upper, level, p, method } = comparison;
  return {
    rule,
    passed: p <= significance,
    reason: `${objective} is ${show(challenger)}, the deployed model has ${show(champion)} on the same held-out rows: a gain of ${show(gain)} (${show(level * 100)} % interval ${show(lower)} to ${show(upper)}), p ${show(p)} by ${method}, wanted at most ${significance} for a gain above ${minDelta}`,
  };
};
