/** Why an alarm is in its state, in the words and the JSON of the console and of notifications. */
import { comparisons, type Judgement, type Rule } from './alarmEvaluation.ts';
import type { StateValue } from './grammar.ts';

/** `2019-10-02T17:04:40.989+0000` */
export const offsetTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000');

/** `02/10/19 17:04:00` */
const shortTime = (ms: number): string => {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
};

const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

const treated: Readonly<Record<string, string>> = { breaching: 'Breaching', notBreaching: 'NonBreaching' };

export const reasonOf = (rule: Rule, before: StateValue, { state, used, missing }: Judgement): string => {
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, Threshold, ComparisonOperator } = rule;
  if (state === 'INSUFFICIENT_DATA')
    return `Insufficient Data: ${counted(missing, 'datapoint')} ${missing === 1 ? 'was' : 'were'} unknown.`;
  const filled = treated[rule.TreatMissingData ?? ''];
  const gap = `${counted(missing, 'missing datapoint')} ${missing === 1 ? 'was' : 'were'} treated as [${filled}]`;
  if (used.length === 0)
    return `Threshold Crossed: no datapoints were received for ${counted(missing, 'period')} and ${gap}.`;
  const { breaches, words } = comparisons[ComparisonOperator];
  const alarm = state === 'ALARM';
  const shown = used.filter(({ value }) => breaches(value, Threshold) === alarm);
  const verb = alarm ? (shown.length === 1 ? 'was' : 'were') : shown.length === 1 ? 'was not' : 'were not';
  const list = shown.map(({ at, value }) => `${decimal(value)} (${shortTime(at)})`).join(', ');
  const least = alarm ? DatapointsToAlarm : EvaluationPeriods - DatapointsToAlarm + 1;
  return [
    `Threshold Crossed: ${shown.length} out of the last ${counted(EvaluationPeriods, 'datapoint')} [${list}] ${verb} ${words} the threshold (${decimal(Threshold)})`,
    ...(missing > 0 && filled ? [`and ${gap}`] : []),
    `(minimum ${counted(least, 'datapoint')} for ${before} -> ${state} transition).`,
  ].join(' ');
};

export const reasonDataOf = (
  { Threshold, Statistic, Unit, Period }: Rule & { Statistic: string; Unit?: string | undefined; Period: number },
  now: number,
  { used }: Judgement,
): string =>
  JSON.stringify({
    version: '1.0',
    queryDate: offsetTime(now),
    ...(used.length > 0 && { startDate: offsetTime(used.at(-1)?.at ?? now) }),
    statistic: Statistic,
    ...(Unit !== undefined && { unit: Unit }),
    period: Period,
    recentDatapoints: used.map(({ value }) => value).toReversed(),
    threshold: Threshold,
    evaluatedDatapoints: used.map(({ at, value }) => ({ timestamp: offsetTime(at), value })),
  });
