/** The rules of a gate: what they ask of a candidate, and whether they can be asked at all. */
import { didYouMean, nearMiss } from '../algorithms/nearMiss.ts';
import { InputError } from './errors.ts';
import type { Drift, Slice } from './evaluation.ts';
import type { figureNames, Pipeline } from './pipeline.ts';
import type { CandidateResult, RuleVerdict } from './run.ts';

type Rule = Pipeline['gate']['rules'][number];

/** The drift of every column; or why there is none to judge, such as on a pipeline's first drop: rules on it then pass. */
export type DriftFacts = { columns: readonly Drift[] } | { none: string };

/** What is known of the judged model itself; `note` says how a figure came about. */
export type Figures = Partial<Record<(typeof figureNames)[number], { value: number; note?: string }>>;

/** Six significant digits: enough to see which side of a limit a number is on, short enough to read. */
export const show = (x: number | undefined) => (Number.isFinite(x) ? String(Number(x!.toPrecision(6))) : 'missing');

/** The columns whose slices the rules name: evaluation has to measure these. */
export const sliceColumns = ({ rules }: Pick<Pipeline['gate'], 'rules'>): string[] => [
  ...new Set(rules.flatMap(({ slice }) => (slice === undefined ? [] : [sliceOf(slice).column]))),
];

const sliceOf = (slice: NonNullable<Rule['slice']>): { column: string; value?: string } => {
  if (typeof slice === 'string') return { column: slice };
  const [[column, value] = ['', '']] = Object.entries(slice);
  return { column, value: String(value) };
};

/**
 * Throws InputError, naming the near miss, for a rule on a metric that the problem does not have or on a column that the file
 * does not have.
 */
export const refuseUnknownRules = (
  { rules }: Pick<Pipeline['gate'], 'rules'>,
  known: { problem: string; metrics: readonly string[]; columns: readonly string[] },
) => {
  for (const [index, rule] of rules.entries()) {
    const where = `gate.rules[${index}]`;
    if (rule.metric !== undefined) refuseUnknownMetric(rule.metric, known, `${where}.metric`);
    if (rule.slice !== undefined) refuseColumn(sliceOf(rule.slice).column, known.columns, `${where}.slice`);
    if (rule.column !== undefined) refuseColumn(rule.column, known.columns, `${where}.column`);
  }
};

/** Throws InputError, naming the near miss, for a metric that the problem does not have. */
export const refuseUnknownMetric = (
  metric: string,
  { problem, metrics }: { problem: string; metrics: readonly string[] },
  where: string,
) => {
  if (!metrics.includes(metric))
    throw new InputError({
      what: `${metric} is no metric of a ${problem} problem.${didYouMean(metric, metrics)}`,
      where,
    });
};

/** A file can have more columns than anybody wants to read. */
const mostNamed = 20;

const refuseColumn = (column: string, columns: readonly string[], where: string) => {
  if (columns.includes(column)) return;
  const near = nearMiss(column, columns);
  const more = columns.length > mostNamed ? `, and ${columns.length - mostNamed} more` : '';
  throw new InputError({
    what: `The file has no column ${column}.${near === undefined ? '' : ` Did you mean "${near}"?`} It has ${columns.slice(0, mostNamed).join(', ')}${more}`,
    where,
  });
};

/** What a rule looks at: a number by name, why it passes or fails without one, and what else is worth telling. */
interface Subject {
  name: string;
  actual?: number | undefined;
  settled?: { passed: boolean; reason: string };
  note?: string;
  /** With the space before it. */
  unit?: string;
}

/** What the judged model is measured by, besides its own metrics. */
export interface RuleFacts {
  drift?: DriftFacts | undefined;
  figures?: Figures | undefined;
}

/** One verdict for each limit of the rule. What was not measured fails, and says so. */
export const judgeRule = (rule: Rule, winner: CandidateResult, facts: RuleFacts): RuleVerdict[] => {
  const limits = [
    { word: 'at least', limit: rule.min, least: true },
    { word: 'at most', limit: rule.max, least: false },
  ];
  return limits.flatMap(({ word, limit, least }) => {
    if (limit === undefined) return [];
    const { name, actual, settled, note = '', unit = '' } = subjectOf(rule, winner, facts, least, limit);
    const text = `${name} ${word} ${limit}${unit}`;
    if (settled) return [{ rule: text, ...settled }];
    const passed = actual !== undefined && (least ? actual >= limit : actual <= limit);
    return [
      {
        rule: text,
        passed,
        reason: `${name} is ${show(actual)}${actual === undefined ? '' : unit}${note}, wanted ${word} ${limit}${unit}`,
      },
    ];
  });
};

const subjectOf = (
  rule: Rule,
  winner: CandidateResult,
  { drift, figures }: RuleFacts,
  least: boolean,
  limit: number,
): Subject => {
  if (rule.figure) return figureSubject(rule.figure, figures);
  if (rule.drift) return driftSubject(rule.drift, rule.column, drift, least);
  const metric = rule.metric ?? '';
  const name = rule.bound ? `the ${rule.bound} bound of ${metric}` : metric;
  if (rule.slice === undefined) return { name, actual: numberOf(rule, winner) };
  const { column, value } = sliceOf(rule.slice);
  const slices = (winner.slices ?? []).filter((slice) => slice.column === column);
  return value === undefined
    ? everySlice(rule, `${name} on every slice of ${column}`, slices, least, limit)
    : oneSlice(rule, `${name} on ${column} = ${value}`, slices, value);
};

const figureTexts = {
  modelBytes: { name: 'the size of model.tar.gz', unit: ' bytes', missing: 'it is not known' },
  trainingUsd: { name: 'the cost of training', unit: ' USD', missing: 'no price of its instance is known' },
  trainingSeconds: { name: 'the time of training', unit: ' s', missing: 'it is not known' },
} as const;

/** What is not known is not taken for nothing: the rule fails. */
const figureSubject = (figure: (typeof figureNames)[number], figures: Figures = {}): Subject => {
  const { name, unit, missing } = figureTexts[figure];
  const known = figures[figure];
  if (!known) return { name, unit, settled: { passed: false, reason: `${name}: ${missing}` } };
  return { name, unit, actual: known.value, ...(known.note && { note: ` (${known.note})` }) };
};

const numberOf = (
  { metric = '', bound }: Rule,
  { metrics, intervals }: Pick<CandidateResult, 'metrics' | 'intervals'>,
) => (bound ? intervals?.[metric]?.[bound] : metrics[metric]);

const rows = (slice: Slice) => `${slice.rows} rows`;

const oneSlice = (rule: Rule, name: string, slices: readonly Slice[], value: string): Subject => {
  const slice = slices.find((it) => it.value === value);
  if (slice) return { name, actual: numberOf(rule, slice), note: ` (${rows(slice)})` };
  const values = slices.map((it) => it.value);
  const near = nearMiss(value, values);
  const hint = near === undefined ? `its values are ${values.slice(0, mostNamed).join(', ')}` : `did you mean ${near}?`;
  const reason = `${name}: no held-out row has this value${values.length > 0 ? `, ${hint}` : ''}`;
  return { name, settled: { passed: false, reason } };
};

/** Slices too small to judge by are told and not judged; when all are, nothing was shown and the rule fails. */
const everySlice = (rule: Rule, name: string, slices: readonly Slice[], least: boolean, limit: number): Subject => {
  const judged = slices.filter(({ small }) => !small);
  if (judged.length === 0) {
    const reason = slices.length === 0 ? 'it was not measured' : `all ${slices.length} slices have too few rows`;
    return { name, settled: { passed: false, reason: `${name}: ${reason}` } };
  }
  const undefinedOn = judged.find((slice) => numberOf(rule, slice) === undefined);
  if (undefinedOn) return { name, note: ` on ${undefinedOn.value} (${rows(undefinedOn)})` };
  const actualOf = (slice: Slice) => numberOf(rule, slice) ?? Number.NaN;
  const [worst] = judged.toSorted((a, b) => (least ? actualOf(a) - actualOf(b) : actualOf(b) - actualOf(a)));
  const failing = judged.filter((slice) => (least ? actualOf(slice) < limit : actualOf(slice) > limit)).length;
  const small = slices.length - judged.length;
  const notes = [
    `${worst!.value}, ${rows(worst!)}`,
    failing > 1 ? `${failing} of ${judged.length} slices fail` : '',
    small > 0 ? `${small} with too few rows not judged` : '',
  ];
  return { name, actual: actualOf(worst!), note: ` at worst (${notes.filter(Boolean).join('; ')})` };
};

const driftSubject = (
  figure: 'psi' | 'ks',
  column: string | undefined,
  drift: DriftFacts | undefined,
  least: boolean,
): Subject => {
  const name = column === undefined ? `the largest ${figure}` : `${figure} of ${column}`;
  if (!drift) return { name, settled: { passed: false, reason: `${name}: drift was not measured` } };
  if ('none' in drift) return { name, settled: { passed: true, reason: `${name}: ${drift.none}` } };
  const measured = drift.columns.filter((it) => it[figure] !== undefined);
  if (column !== undefined) {
    const own = measured.find((it) => it.column === column);
    if (!own && figure === 'ks' && drift.columns.some((it) => it.column === column))
      return { name, settled: { passed: false, reason: `${name}: it is not numeric, psi is what it has` } };
    return { name, actual: own?.[figure] };
  }
  const [largest] = measured.toSorted((a, b) => (b[figure] ?? 0) - (a[figure] ?? 0));
  // Without a numeric column there is no distance that could be too large.
  if (!largest) return { name, settled: { passed: !least, reason: `${name}: no column has one` } };
  return { name, actual: largest[figure], note: ` (${largest.column})` };
};
