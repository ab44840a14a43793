/** What a profile says, as JSON: written by one run, read by reports, by contracts and by the next run's drift. */
import * as z from 'zod';

const rows = z.number().min(0);

/**
 * How much a column by itself tells of the target, from its bins (numbers: twentieths of the rows; texts: the most frequent
 * levels, the rest together; missing is a bin of its own).
 */
const association = z.object({
  /**
   * 0 (nothing) to 1 (everything), to be compared between columns: for classes the share of the target's entropy that the bins
   * explain (Theil's uncertainty coefficient, less its bias by Miller and Madow), for numbers the share of its variance (the
   * correlation ratio eta², less its bias as Kelley's epsilon²).
   */
  strength: z.number(),
  /** Classes: area under the ROC curve of a model that knows this column alone, at least 0.5; of several classes their mean. */
  auc: z.number().optional(),
  /** Two numbers: linear correlation over the rows where both are known. */
  pearson: z.number().optional(),
  /** Two numbers: correlation of ranks, where the target's ranks are those of its twentieths. */
  spearman: z.number().optional(),
});

const common = {
  name: z.string(),
  missing: rows,
  distinct: rows,
  association: association.optional(),
};

/** Counts of values up to and including each edge, above the one before; edges are values of the column, the last its largest. */
const histogram = z.object({ edges: z.array(z.number()), counts: z.array(rows) });

const numeric = z.object({
  ...common,
  type: z.literal('numeric'),
  min: z.number().optional(),
  max: z.number().optional(),
  mean: z.number().optional(),
  /** Of the sample (n - 1). */
  std: z.number().optional(),
  /** Third standardised moment (of the population). */
  skewness: z.number().optional(),
  zeros: rows,
  /** Whether every value is a whole number. */
  whole: z.boolean(),
  /** Interpolated linearly between the two nearest ranks, as numpy does. */
  quantiles: z.record(z.enum(['p01', 'p05', 'p25', 'p50', 'p75', 'p95', 'p99']), z.number()).optional(),
  histogram,
});

const categorical = z.object({
  ...common,
  type: z.literal('categorical'),
  /** The most frequent values with their rows, at most fifty; long ones are cut. */
  levels: z.array(z.object({ value: z.string(), rows })),
  /** Rows of all other values. */
  other: rows,
  /** Characters of a text. */
  length: z.object({ min: rows, mean: z.number(), max: rows }).optional(),
  /** Rows whose text is a number. */
  numbers: rows,
  /** Rows whose text is a date, by the way it is written. */
  dates: z.record(z.string(), rows),
});

export const columnProfileSchema = z.discriminatedUnion('type', [numeric, categorical]);

const noteKinds = [
  'constant',
  'empty',
  'idLike',
  'mixed',
  'decimalComma',
  'dates',
  'missing',
  'skewed',
  'leak',
  'suspect',
  'imbalance',
  'ignored',
] as const;

export const profileSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  format: z.object({ bytes: rows, delimiter: z.string(), header: z.boolean() }),
  /** Always rowsUsed + rowsRejected. */
  rowsRead: rows,
  rowsUsed: rows,
  rowsRejected: rows,
  /** Rows equal to an earlier row, told by 64-bit hashes; counted when the rows are written in the order of these. */
  duplicateRows: rows.optional(),
  columns: z.array(columnProfileSchema),
  target: z
    .object({
      name: z.string(),
      problem: z.enum(['binary', 'multiclass', 'regression']),
      numeric: z.boolean(),
      reason: z.string(),
      /** In label order, with their rows and share of the rows. */
      classes: z.array(z.object({ value: z.string(), rows, share: z.number() })).optional(),
    })
    .optional(),
  /** Columns that are the target in other words; not used unless kept. */
  leaks: z.array(z.object({ column: z.string(), reason: z.string(), kept: z.boolean() })),
  /** Columns that alone predict the target nearly always: used, but to be looked at. */
  suspects: z.array(z.object({ column: z.string(), reason: z.string() })),
  /** Columns the user left out. */
  ignored: z.array(z.string()),
  notes: z.array(z.object({ column: z.string(), kind: z.enum(noteKinds), message: z.string() })),
});

export type Profile = z.infer<typeof profileSchema>;
export type ColumnProfile = Profile['columns'][number];
export type NumericProfile = Extract<ColumnProfile, { type: 'numeric' }>;
export type CategoricalProfile = Extract<ColumnProfile, { type: 'categorical' }>;
export type Association = z.infer<typeof association>;
export type Note = Profile['notes'][number];
export type Leak = Profile['leaks'][number];
