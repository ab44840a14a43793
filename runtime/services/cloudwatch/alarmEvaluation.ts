/**
 * What an alarm makes of its datapoints: user guide, "Evaluating an alarm" and "Configuring how CloudWatch alarms treat
 * missing data". Pure. AWS looks at more periods than asked for, without saying how many for each kind of alarm;
 * here it is two more, as in the guide's examples.
 */
import type { StateValue } from './grammar.ts';

export const morePeriods = 2;

export interface Point {
  /** Start of its period, epoch ms. */
  at: number;
  value: number;
}

export interface Rule {
  EvaluationPeriods: number;
  DatapointsToAlarm?: number | undefined;
  Threshold: number;
  ComparisonOperator: keyof typeof comparisons;
  TreatMissingData?: 'breaching' | 'notBreaching' | 'ignore' | 'missing' | undefined;
}

/** The operators, with the words a reason uses for them. */
export const comparisons = {
  GreaterThanOrEqualToThreshold: {
    breaches: (value: number, limit: number) => value >= limit,
    words: 'greater than or equal to',
  },
  GreaterThanThreshold: { breaches: (value: number, limit: number) => value > limit, words: 'greater than' },
  LessThanThreshold: { breaches: (value: number, limit: number) => value < limit, words: 'less than' },
  LessThanOrEqualToThreshold: {
    breaches: (value: number, limit: number) => value <= limit,
    words: 'less than or equal to',
  },
} as const;

export interface Judgement {
  /** Undefined: the alarm stays in its state. */
  state?: StateValue;
  /** The datapoints it rests on, newest first. */
  used: Point[];
  /** How many of the periods had none. */
  missing: number;
}

/** `recent`: one entry for each period, newest first, undefined where nothing was reported. */
export const judge = (rule: Rule, recent: readonly (Point | undefined)[]): Judgement => {
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, TreatMissingData = 'missing' } = rule;
  const breaches = ({ value }: Point) => comparisons[rule.ComparisonOperator].breaches(value, rule.Threshold);
  const used = recent.filter((point) => point !== undefined).slice(0, EvaluationPeriods);
  const missing = EvaluationPeriods - used.length;
  const breaching = used.filter(breaches).length;
  const decided = (count: number): Judgement => ({ state: count >= DatapointsToAlarm ? 'ALARM' : 'OK', used, missing });
  if (missing === 0 || TreatMissingData === 'notBreaching' || breaching >= DatapointsToAlarm) return decided(breaching);
  if (TreatMissingData === 'breaching') return decided(breaching + missing);
  if (used.length === 0)
    return TreatMissingData === 'ignore' ? { used, missing } : { state: 'INSUFFICIENT_DATA', used, missing };
  if (breaching < used.length) return { state: 'OK', used, missing };
  // Everything there breaches, but it is too little: it is believed once it is old enough, and nothing has spoken against it since.
  const oldest = recent.findLastIndex((point) => point !== undefined);
  const believed = TreatMissingData === 'missing' && oldest >= DatapointsToAlarm - 1;
  return believed ? { state: 'ALARM', used, missing } : { used, missing };
};
