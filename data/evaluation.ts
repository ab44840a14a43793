/** Everything that a report and the registry are told about a model's answers on the held-out rows. */
import type { EvaluationDocument } from '../spec/evaluation.ts';
import { type BootstrapOptions, intervals } from './evaluation/bootstrap.ts';
import { calibration } from './evaluation/calibration.ts';
import { namedConfusion } from './evaluation/confusion.ts';
import { curves } from './evaluation/curves.ts';
import { deciles } from './evaluation/lift.ts';
import { residualsOf } from './evaluation/residuals.ts';
import { type SliceColumn, slicesOf } from './evaluation/slices.ts';
import { stepsOf } from './evaluation/steps.ts';
import { type Answers, evaluate, type Evaluation, predictedOf } from './metrics.ts';
import { ascending } from './metrics/order.ts';

export interface DocumentOptions extends BootstrapOptions {
  /** Class labels in label order, as the file spells them. */
  classes?: readonly string[];
  slices?: readonly SliceColumn[];
  /** What `evaluate` says of the same answers, where it is known already. */
  measured?: Evaluation;
}

/** Metrics, intervals, curves and slices. Throws RangeError for answers that cannot be measured, naming the row. */
export const evaluationOf = (answers: Answers, options: DocumentOptions = {}): EvaluationDocument => {
  const { problem, labels } = answers;
  const { metrics, confusionMatrix } = options.measured ?? evaluate(answers);
  const { classes = (confusionMatrix ?? []).map((_, index) => String(index)), slices = [] } = options;
  const predicted = predictedOf(answers);
  return {
    problem,
    rows: labels.length,
    metrics,
    intervals: intervals({ answers, metrics }, options),
    ...(predicted && { confusion: namedConfusion(labels, predicted, classes) }),
    ...details[problem](answers),
    ...(slices.length > 0 && { slices: slices.flatMap((column) => slicesOf(answers, column, options)) }),
  };
};

const details: Record<Answers['problem'], (answers: Answers) => Partial<EvaluationDocument>> = {
  binary({ labels, scores, threshold = 0.5 }) {
    const order = ascending(scores);
    const steps = stepsOf(labels, scores, order);
    const tenths = deciles(steps);
    return {
      threshold,
      ...curves(steps),
      calibration: calibration(labels, scores, order),
      ...(tenths && { deciles: tenths }),
    };
  },
  multiclass: () => ({}),
  regression: ({ labels, scores }) => ({ residuals: residualsOf(labels, scores) }),
};
