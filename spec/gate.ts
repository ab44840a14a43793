/** The gate: a pure decision with reasons. */
import type { CandidateResult, GateVerdict, Prepared } from './run.ts';
import type { Pipeline } from './pipeline.ts';

/** Whether a larger value is better; `undefined` for a metric that is not known. */
export type Direction = 'min' | 'max';

export interface GateQuestion {
  gate: Pipeline['gate'];
  objective: string;
  direction: Direction;
  candidates: readonly CandidateResult[];
  /** The deployed model's metrics on the same held-out rows, or why it could not be scored. */
  champion?: CandidateResult | { complaint: string };
  baseline: Prepared['baseline'];
}

type Rule = GateVerdict['rules'][number];

/**
 * Picks the candidate with the best objective and judges it by every rule; it passes only if all do.
 * A metric that a candidate does not have is a failed rule, never a passed one.
 */
export const judge = (question: GateQuestion): GateVerdict => {
  const { gate, objective, direction, candidates } = question;
  const scored = candidates.filter(({ metrics }) => Number.isFinite(metrics[objective]));
  const sign = direction === 'max' ? 1 : -1;
  const [winner] = scored.sort((a, b) => sign * (value(b, objective) - value(a, objective)) || order(a) - order(b));
  if (!winner)
    return {
      passed: false,
      objective,
      rules: [],
      summary: `Refused: no candidate has a finite ${objective}.`,
    };
  const rules = [
    ...gate.rules.flatMap((rule) => limits(rule, winner)),
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

const value = (result: CandidateResult, metric: string) => result.metrics[metric] ?? Number.NaN;
const order = (result: CandidateResult) => (result.candidate === 'champion' ? -1 : result.candidate);

/** Six significant digits: enough to see which side of a limit a number is on, short enough to read. */
const show = (x: number) => (Number.isFinite(x) ? String(Number(x.toPrecision(6))) : 'missing');

const limits = (rule: Pipeline['gate']['rules'][number], winner: CandidateResult): Rule[] => {
  const actual = value(winner, rule.metric);
  const bounds = [
    { word: 'at least', limit: rule.min, holds: (limit: number) => actual >= limit },
    { word: 'at most', limit: rule.max, holds: (limit: number) => actual <= limit },
  ];
  return bounds.flatMap(({ word, limit, holds }) =>
    limit === undefined
      ? []
      : [
          {
            rule: `${rule.metric} ${word} ${limit}`,
            passed: holds(limit),
            reason: `${rule.metric} is ${show(actual)}, wanted ${word} ${limit}`,
          },
        ],
  );
};

const againstBaseline = ({ objective, direction, baseline }: GateQuestion, winner: CandidateResult): Rule => {
  const own = value(winner, objective);
  const other = baseline[objective] ?? Number.NaN;
  return {
    rule: `${objective} better than the baseline`,
    passed: direction === 'max' ? own > other : own < other,
    reason: `${objective} is ${show(own)}, always answering the mean or the majority class gives ${show(other)}`,
  };
};

const againstChampion = (
  { gate, objective, direction }: GateQuestion,
  champion: CandidateResult | { complaint: string },
  winner: CandidateResult,
): Rule => {
  const rule = `${objective} against the champion, minDelta ${gate.champion.minDelta}`;
  if ('complaint' in champion)
    return { rule, passed: false, reason: `the champion could not be scored on this file: ${champion.complaint}` };
  const own = value(winner, objective);
  const other = value(champion, objective);
  const gain = direction === 'max' ? own - other : other - own;
  return {
    rule,
    passed: gain >= gate.champion.minDelta,
    reason: `${objective} is ${show(own)}, the deployed model has ${show(other)} on the same held-out rows, wanted a gain of at least ${gate.champion.minDelta}`,
  };
};
