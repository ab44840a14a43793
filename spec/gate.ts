/** The gate: a pure decision with reasons. */
import { judgeRule, show, type RuleFacts } from './gateRules.ts';
import { type Direction, goodness } from './goodness.ts';
import type { Pipeline } from './pipeline.ts';
import type { CandidateResult, GateVerdict, Prepared, RuleVerdict } from './run.ts';

export interface GateQuestion extends RuleFacts {
  gate: Pipeline['gate'];
  objective: string;
  direction: Direction;
  candidates: readonly CandidateResult[];
  /** The deployed model's metrics on the same held-out rows, or why it could not be scored. */
  champion?: CandidateResult | { complaint: string };
  baseline: Prepared['baseline'];
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
    ...gate.rules.flatMap((rule) => judgeRule(rule, winner, question)),
    ...(gate.rules.length === 0 ? [againstBaseline(question, winner)] : []),
    ...(question.champion ? [againstChampion(question, question.champion, winner)] : withoutChampion(gate)),
  ];
  const failed = rules.filter(({ passed }) => !passed);
  return {
    passed: failed.length === 0,
    objective,
    winner: order(winner),
    algorithm: winner.algorithm,
    rules,
    ...notesOn(question),
    summary:
      failed.length === 0
        ? `Passed: ${winner.algorithm} with ${objective} ${show(value(winner, objective))}.`
        : `Refused: ${failed.map(({ reason }) => reason).join('; ')}.`,
  };
};

/** A gate that wants a champion to beat passes nothing before there is one; else a first model is judged by the other rules. */
const withoutChampion = ({ champion: { missing } }: Pipeline['gate']): RuleVerdict[] => {
  if (missing === 'pass') return [];
  const reason = 'there is no deployed model to compare with, and gate.champion.missing is refuse';
  return [{ rule: 'a champion to compare with', passed: false, reason }];
};

const notesOn = ({ candidates, champion, gate }: GateQuestion): Pick<GateVerdict, 'notes'> => {
  const notes = [
    ...(champion || gate.champion.missing === 'refuse'
      ? []
      : ['There is no deployed model yet: nothing was compared with one.']),
    ...(candidates.length > 1
      ? [
          `The best of ${candidates.length} candidates was picked by these held-out rows, so that its own figures are somewhat optimistic; only the significance of its gain over the deployed model is corrected for it.`,
        ]
      : []),
  ];
  return notes.length > 0 ? { notes } : {};
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

/**
 * A comparison of something else, or none, fails: nothing was shown then. The best of several candidates had as many chances
 * to look good, so its p is multiplied by their number (Bonferroni).
 */
const significantGain = (
  { gate, objective, candidates }: GateQuestion,
  significance: number,
  { comparison }: CandidateResult,
): RuleVerdict => {
  const { minDelta } = gate.champion;
  const rule = `${objective} against the champion, a gain above ${minDelta} with p at most ${significance}`;
  if (comparison?.metric !== objective || comparison.margin !== minDelta)
    return { rule, passed: false, reason: `${objective} was not compared with the deployed model's row by row` };
  const { challenger, champion, gain, lower, upper, level, p, method } = comparison;
  const chances = candidates.length;
  const corrected = Math.min(1, p * chances);
  const told =
    chances === 1 ? `p ${show(p)}` : `p ${show(p)}, ${show(corrected)} as the best of ${chances} candidates,`;
  return {
    rule,
    passed: corrected <= significance,
    reason: `${objective} is ${show(challenger)}, the deployed model has ${show(champion)} on the same held-out rows: a gain of ${show(gain)} (${show(level * 100)} % interval ${show(lower)} to ${show(upper)}), ${told} by ${method}, wanted at most ${significance} for a gain above ${minDelta}`,
  };
};
