/**
 * What evaluation finds out about a model: the figures that the gate judges by, small enough to travel, and the document for
 * reports, runs/<runId>/candidates/<n>/evaluation.json. What is not defined is absent; no number is NaN.
 */
import * as z from 'zod';

const share = z.number().min(0).max(1);
const rows = z.int().min(0);

/** Value by metric name. */
export const metricValues = z.record(z.string(), z.number());

/** What the metric of other held-out rows may have been: 95 % unless said otherwise, and the deviation of the estimate. */
export const interval = z.strictObject({ lower: z.number(), upper: z.number(), deviation: z.number().min(0) });
export type Interval = z.infer<typeof interval>;

export const intervals = z.record(z.string(), interval);

/** One metric of the challenger against the champion's on the same rows; `gain` is positive when the challenger is better. */
export const comparison = z.strictObject({
  metric: z.string(),
  challenger: z.number(),
  champion: z.number(),
  gain: z.number(),
  /** Of the gain, at `level`. */
  lower: z.number(),
  upper: z.number(),
  deviation: z.number().min(0),
  level: share,
  /** One-sided: how surprising such a gain would be if the true one were at most `margin`. */
  p: share,
  margin: z.number(),
  method: z.enum(['bootstrap', 'DeLong']),
});
export type Comparison = z.infer<typeof comparison>;

/** The held-out rows with one value of one column. */
export const slice = z.strictObject({
  column: z.string(),
  value: z.string(),
  rows,
  /** Fewer rows than a judgement can rest on: it has no intervals. */
  small: z.boolean(),
  metrics: metricValues,
  intervals,
});
export type Slice = z.infer<typeof slice>;

/** How far a column's distribution in this drop is from the one that it is compared with. */
export const drift = z.strictObject({
  column: z.string(),
  /** Population stability index. */
  psi: z.number().min(0),
  /** Largest distance of the distribution functions, numeric columns only, and the p of equal distributions. */
  ks: share.optional(),
  p: share.optional(),
});
export type Drift = z.infer<typeof drift>;

const cost = z
  .strictObject({ fp: z.number().min(0), fn: z.number().min(0) })
  .refine(({ fp, fn }) => fp + fn > 0, 'one of the costs must be above 0');

/** By which criterion class 1 is told from class 0. */
export const thresholdCriterion = z.union([
  z.enum(['f1', 'youden', 'accuracy']),
  z.strictObject({ cost }),
  z.strictObject({ precision: share }),
  z.strictObject({ recall: share }),
]);
export type ThresholdCriterion = z.infer<typeof thresholdCriterion>;

/** `met` is false when no threshold reaches the wanted precision or recall: the nearest one is then given. */
export const threshold = z.strictObject({
  threshold: z.number(),
  met: z.boolean(),
  metrics: metricValues,
});
export type Threshold = z.infer<typeof threshold>;

/** What other thresholds would give, few enough to draw, ascending. */
export const thresholdCurve = z.strictObject({
  threshold: z.array(z.number()),
  precision: z.array(share),
  recall: z.array(share),
  f1: z.array(share),
});
export type ThresholdCurve = z.infer<typeof thresholdCurve>;

/** How a threshold was found: on `rows` rows of the validation split, whose metrics and curve these are. */
export const thresholdChoice = threshold.extend({ criterion: thresholdCriterion, rows, curve: thresholdCurve });
export type ThresholdChoice = z.infer<typeof thresholdChoice>;

/** Points of a curve, few enough to draw; `threshold` is the lowest score that is answered with class 1 there. */
export const curve = z.strictObject({
  x: z.array(z.number()),
  y: z.array(z.number()),
  threshold: z.array(z.number()),
});
export type Curve = z.infer<typeof curve>;

export const reliabilityBin = z.strictObject({
  /** Lowest and highest score. */
  from: z.number(),
  to: z.number(),
  rows,
  meanScore: z.number(),
  /** Share of class 1, with its Wilson interval. */
  rate: share,
  lower: share,
  upper: share,
});

/** brier = reliability - resolution + uncertainty + withinBins. */
export const calibration = z.strictObject({
  bins: z.array(reliabilityBin),
  ece: z.number().min(0),
  brier: z.number().min(0),
  reliability: z.number().min(0),
  resolution: z.number().min(0),
  uncertainty: z.number().min(0),
  withinBins: z.number(),
});
export type Calibration = z.infer<typeof calibration>;

/** One tenth of the rows, those with the highest scores first; rows of one score share their class 1 evenly. */
export const decile = z.strictObject({
  rows: z.number().min(0),
  positives: z.number().min(0),
  rate: share,
  lift: z.number().min(0),
  /** Share of all rows of class 1 up to here. */
  gain: share,
});
export type Decile = z.infer<typeof decile>;

/** `[actual][predicted]` in rows; `classes` name both; classes beyond the largest are pooled under the last name. */
export const namedConfusion = z.strictObject({
  classes: z.array(z.string()),
  matrix: z.array(z.array(z.number())),
  /** How many classes the last name pools. */
  pooled: z.int().min(0),
});
export type NamedConfusion = z.infer<typeof namedConfusion>;

/** Residuals are label minus prediction. */
export const residuals = z.strictObject({
  /** `counts[i]` rows from `edges[i]` to below `edges[i + 1]`; the outermost bins hold what lies beyond, too. */
  histogram: z.strictObject({ edges: z.array(z.number()), counts: z.array(z.int()) }),
  predicted: z.array(z.number()),
  residual: z.array(z.number()),
});
export type Residuals = z.infer<typeof residuals>;

/** Values of one metric over folds. `corrected`: for the overlap of the training sets of repeated folds. */
export const foldSummary = z.strictObject({
  values: z.array(z.number()),
  mean: z.number(),
  deviation: z.number().min(0),
  lower: z.number(),
  upper: z.number(),
  level: share,
  corrected: z.boolean(),
});
export type FoldSummary = z.infer<typeof foldSummary>;

/** How much worse the metric gets when the feature's values are shuffled; positive for a feature that helps. */
export const importance = z.strictObject({
  feature: z.string(),
  importance: z.number(),
  deviation: z.number().min(0),
});
export type Importance = z.infer<typeof importance>;

/** What the trees' splits on a column gained on the training rows, in units of the training loss, and how many they are. */
export const columnGain = z.strictObject({ feature: z.string(), gain: z.number(), splits: z.int().min(1) });
export type ColumnGain = z.infer<typeof columnGain>;

/** The largest gain first, columns without a split absent; or why the model file does not tell it. */
export const treeGain = z.union([
  z.strictObject({ columns: z.array(columnGain) }),
  z.strictObject({ leftOut: z.string() }),
]);
export type TreeGain = z.infer<typeof treeGain>;

/** runs/<runId>/candidates/<n>/evaluation.json */
export const evaluationDocument = z.strictObject({
  problem: z.enum(['binary', 'multiclass', 'regression']),
  rows,
  metrics: metricValues,
  intervals,
  /** Two classes: the threshold that the metrics hold for. */
  threshold: z.number().optional(),
  /** Why it is this one, where a criterion chose it. */
  thresholdChoice: thresholdChoice.optional(),
  confusion: namedConfusion.optional(),
  roc: curve.optional(),
  precisionRecall: curve.optional(),
  calibration: calibration.optional(),
  deciles: z.array(decile).optional(),
  residuals: residuals.optional(),
  slices: z.array(slice).optional(),
  folds: z.record(z.string(), foldSummary).optional(),
  importance: z.array(importance).optional(),
  /** Of models of trees. */
  gain: treeGain.optional(),
  comparison: comparison.optional(),
});
export type EvaluationDocument = z.infer<typeof evaluationDocument>;
