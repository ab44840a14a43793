/**
 * Evaluation in the format in which SageMaker Model Monitor writes model quality statistics, for ModelMetrics of a model package:
 * a group of metrics named for the problem, each with `value` and `standard_deviation` (the text NaN when not known).
 */
import * as z from 'zod';
import type { EvaluationDocument } from './evaluation.ts';

const statistic = z.strictObject({ value: z.number(), standard_deviation: z.union([z.number(), z.literal('NaN')]) });
type Statistic = z.infer<typeof statistic>;

/** Rows by actual, then by predicted class. */
const confusionMatrix = z.record(z.string(), z.record(z.string(), z.number()));
const rocCurve = z.strictObject({
  false_positive_rates: z.array(z.number()),
  true_positive_rates: z.array(z.number()),
});
const precisionRecallCurve = z.strictObject({ precisions: z.array(z.number()), recalls: z.array(z.number()) });

const optional = <const Names extends string>(names: readonly Names[]) =>
  Object.fromEntries(names.map((name) => [name, statistic.optional()])) as Record<
    Names,
    z.ZodOptional<typeof statistic>
  >;

/** SageMaker's name of each of our metrics; what it has no name for stays in our own evaluation. */
const names = {
  regression: { mae: 'mae', mse: 'mse', rmse: 'rmse', r2: 'r2' },
  binary: {
    accuracy: 'accuracy',
    precision: 'precision',
    recall: 'recall',
    auc: 'auc',
    f1: 'f1',
  },
  multiclass: {
    accuracy: 'accuracy',
    recallWeighted: 'weighted_recall',
    precisionWeighted: 'weighted_precision',
    f1Weighted: 'weighted_f1',
  },
} as const;

const rates = ['true_positive_rate', 'true_negative_rate', 'false_positive_rate', 'false_negative_rate'] as const;

/** Metrics that are told of a model that answers one class for every row, too. */
const ofAnswers = {
  binary: ['accuracy', 'precision', 'recall', 'f0_5', 'f1', 'f2'],
  multiclass: ['accuracy', 'weighted_recall', 'weighted_precision', 'weighted_f0_5', 'weighted_f1', 'weighted_f2'],
} as const;
const constant = <const Name extends string>(name: Name) => `${name}_best_constant_classifier` as const;

const binaryStatistics = optional(['auc', ...rates, ...ofAnswers.binary, ...ofAnswers.binary.map(constant)]);
const multiclassStatistics = optional([...ofAnswers.multiclass, ...ofAnswers.multiclass.map(constant)]);

/** Exactly one of the three groups is there. */
export const modelQuality = z.strictObject({
  regression_metrics: z.strictObject(optional(['mae', 'mse', 'rmse', 'r2'])).optional(),
  binary_classification_metrics: z
    .strictObject({
      confusion_matrix: confusionMatrix.optional(),
      ...binaryStatistics,
      receiver_operating_characteristic_curve: rocCurve.optional(),
      precision_recall_curve: precisionRecallCurve.optional(),
    })
    .optional(),
  multiclass_classification_metrics: z
    .strictObject({
      confusion_matrix: confusionMatrix.optional(),
      ...multiclassStatistics,
    })
    .optional(),
});
export type ModelQuality = z.infer<typeof modelQuality>;

/** An evaluation in SageMaker's format. The classes of a confusion matrix are the names that `confusion` has. */
export const toModelQuality = (evaluation: EvaluationDocument): ModelQuality => groups[evaluation.problem](evaluation);

type Group = (evaluation: EvaluationDocument) => ModelQuality;

const groups: Record<EvaluationDocument['problem'], Group> = {
  regression: (evaluation) => ({ regression_metrics: named(evaluation, names.regression) }),
  binary: (evaluation) => ({
    binary_classification_metrics: {
      ...matrixOf(evaluation),
      ...named(evaluation, names.binary),
      ...ratesOf(evaluation),
      ...fScores(evaluation, 'f', (scores) => scores[1]?.score ?? 0),
      ...constantBinary(evaluation),
      ...(evaluation.roc && {
        receiver_operating_characteristic_curve: {
          false_positive_rates: evaluation.roc.x,
          true_positive_rates: evaluation.roc.y,
        },
      }),
      ...(evaluation.precisionRecall && {
        precision_recall_curve: { precisions: evaluation.precisionRecall.y, recalls: evaluation.precisionRecall.x },
      }),
    },
  }),
  multiclass: (evaluation) => ({
    multiclass_classification_metrics: {
      ...matrixOf(evaluation),
      ...named(evaluation, names.multiclass),
      ...fScores(evaluation, 'weighted_f', (scores) => {
        const rows = scores.reduce((sum, it) => sum + it.rows, 0);
        return scores.reduce((sum, it) => sum + it.score * it.rows, 0) / rows;
      }),
      ...constantMulticlass(evaluation),
    },
  }),
};

const statisticOf = (value: number, deviation?: number): Statistic => ({
  value,
  standard_deviation: deviation ?? 'NaN',
});

const named = <Name extends string>(
  { metrics, intervals }: EvaluationDocument,
  ours: Readonly<Record<string, Name>>,
): Partial<Record<Name, Statistic>> => {
  const found: Partial<Record<Name, Statistic>> = {};
  for (const [metric, name] of Object.entries(ours)) {
    const value = metrics[metric];
    if (value !== undefined) found[name] = statisticOf(value, intervals[metric]?.deviation);
  }
  return found;
};

const ratesOf = ({ metrics, intervals }: EvaluationDocument): Partial<Record<(typeof rates)[number], Statistic>> => {
  const { recall, specificity } = metrics;
  if (recall === undefined || specificity === undefined) return {};
  const [ofRecall, ofSpecificity] = [intervals['recall']?.deviation, intervals['specificity']?.deviation];
  return {
    true_positive_rate: statisticOf(recall, ofRecall),
    true_negative_rate: statisticOf(specificity, ofSpecificity),
    false_positive_rate: statisticOf(1 - specificity, ofSpecificity),
    false_negative_rate: statisticOf(1 - recall, ofRecall),
  };
};

const matrixOf = ({ confusion }: EvaluationDocument) => {
  if (!confusion) return {};
  const { classes, matrix } = confusion;
  const line = (counts: readonly number[]) =>
    Object.fromEntries(classes.map((name, predicted) => [name, counts[predicted] ?? 0]));
  return {
    confusion_matrix: Object.fromEntries(matrix.map((counts, actual) => [classes[actual] ?? '', line(counts)])),
  };
};

/** F-measures other than F1, from a matrix in which every class has its own line. */
const fScores = <Prefix extends string>(
  { confusion }: EvaluationDocument,
  prefix: Prefix,
  average: (scores: { score: number; rows: number }[]) => number,
): Partial<Record<`${Prefix}0_5` | `${Prefix}2`, Statistic>> => {
  if (!confusion || confusion.pooled > 0) return {};
  const { matrix } = confusion;
  const of = (beta: number) =>
    average(
      matrix.map((line, index) => {
        const rows = line.reduce((sum, count) => sum + count, 0);
        const answered = matrix.reduce((sum, other) => sum + (other[index] ?? 0), 0);
        const weighed = beta ** 2 * rows + answered;
        return { rows, score: weighed === 0 ? 0 : ((1 + beta ** 2) * (line[index] ?? 0)) / weighed };
      }),
    );
  return { [`${prefix}0_5`]: statisticOf(of(0.5)), [`${prefix}2`]: statisticOf(of(2)) } as Partial<
    Record<`${Prefix}0_5` | `${Prefix}2`, Statistic>
  >;
};

/** `share` of the rows are of the class that is always answered: its precision, with a recall of 1. */
const alwaysAnswered = (share: number, beta: number) => ((1 + beta ** 2) * share) / (beta ** 2 * share + 1);

type Constants<Names extends string> = Partial<Record<`${Names}_best_constant_classifier`, Statistic>>;

const constants = <Names extends string>(values: Readonly<Record<Names, number>>) =>
  Object.fromEntries(
    Object.entries<number>(values).map(([name, value]) => [constant(name), statisticOf(value)]),
  ) as Constants<Names>;

/** Rows of each class that has a line of its own, and of all. */
const classRows = ({ confusion }: EvaluationDocument) => {
  const lines = (confusion?.matrix ?? []).map((line) => line.reduce((sum, count) => sum + count, 0));
  const all = lines.reduce((sum, rows) => sum + rows, 0);
  return { rows: confusion && confusion.pooled > 0 ? lines.slice(0, -1) : lines, all };
};

/** In SageMaker's example the constant classifier of two classes is the one that answers the positive class. */
const constantBinary = (evaluation: EvaluationDocument): Constants<(typeof ofAnswers.binary)[number]> => {
  const { rows, all } = classRows(evaluation);
  if (all === 0) return {};
  const share = (rows[1] ?? 0) / all;
  return constants({
    accuracy: share,
    precision: share,
    recall: share > 0 ? 1 : 0,
    f0_5: alwaysAnswered(share, 0.5),
    f1: alwaysAnswered(share, 1),
    f2: alwaysAnswered(share, 2),
  });
};

/** Always the class with the most rows; averages are weighted by rows, and every other class adds nothing. */
const constantMulticlass = (evaluation: EvaluationDocument): Constants<(typeof ofAnswers.multiclass)[number]> => {
  const { rows, all } = classRows(evaluation);
  if (all === 0) return {};
  const share = Math.max(...rows) / all;
  return constants({
    accuracy: share,
    weighted_recall: share,
    weighted_precision: share ** 2,
    weighted_f0_5: share * alwaysAnswered(share, 0.5),
    weighted_f1: share * alwaysAnswered(share, 1),
    weighted_f2: share * alwaysAnswered(share, 2),
  });
};
