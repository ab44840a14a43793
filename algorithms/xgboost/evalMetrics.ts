/**
 * What a round is measured by: XGBoost's own metrics and the ones the container adds (`custom_metrics.py`), which come after
 * them in the log line. Each takes predictions as the objective transforms them, row after row, `groups` to a row.
 */
import { ClientError } from '../algorithm.ts';
import { areaUnderCurve } from './areaUnderCurve.ts';

export interface Evaluated {
  labels: Float32Array;
  weights: Float32Array | undefined;
  predictions: Float32Array;
  groups: number;
}

export interface EvalMetric {
  /** As in the log and in eval_metric: `error@0.3`. */
  name: string;
  goal: 'Minimize' | 'Maximize';
  /** Added by the container, so printed last. */
  custom: boolean;
  measure(evaluated: Evaluated): number;
}

type Measure = EvalMetric['measure'];

const weightedMean = (
  { labels, weights, predictions }: Evaluated,
  loss: (label: number, prediction: number) => number,
) => {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    const weight = weights ? weights[row]! : 1;
    sum += weight * loss(labels[row]!, predictions[row]!);
    total += weight;
  }
  return sum / total;
};

const logOf = (probability: number) => Math.log(Math.max(probability, 1e-16));
const logLoss = (label: number, prediction: number) =>
  -(label * logOf(prediction) + (1 - label) * logOf(1 - prediction));

const errorAt =
  (threshold: number): Measure =>
  (evaluated) =>
    weightedMean(evaluated, (label, prediction) => (prediction > threshold ? 1 - label : label));

/** The class of each row: the largest probability, or P(class 1) above a half. */
const classesOf = ({ labels, predictions, groups }: Evaluated): Int32Array => {
  const classes = new Int32Array(labels.length);
  for (let row = 0; row < classes.length; row++) {
    if (groups === 1) classes[row] = predictions[row]! > 0.5 ? 1 : 0;
    else {
      let best = 0;
      for (let group = 1; group < groups; group++)
        if (predictions[row * groups + group]! > predictions[row * groups + best]!) best = group;
      classes[row] = best;
    }
  }
  return classes;
};

const multiclassError: Measure = (evaluated) => {
  const classes = classesOf(evaluated);
  return weightedMean({ ...evaluated, predictions: Float32Array.from(classes) }, (label, answer) =>
    label === answer ? 0 : 1,
  );
};

const multiclassLogLoss: Measure = (evaluated) => {
  const { labels, predictions, groups } = evaluated;
  const ofLabel = Float32Array.from(labels, (label, row) => predictions[row * groups + label]!);
  return weightedMean({ ...evaluated, predictions: ofLabel }, (_label, probability) => -logOf(probability));
};

/** Per class, what precision and recall are made of; without weights, as the container calls scikit-learn. */
const countsByClass = (evaluated: Evaluated) => {
  const answers = classesOf(evaluated);
  const classes = new Set<number>([...evaluated.labels, ...answers]);
  return [...classes]
    .sort((a, b) => a - b)
    .map((ofClass) => {
      let hits = 0;
      let actual = 0;
      let answered = 0;
      for (let row = 0; row < answers.length; row++) {
        const isActual = evaluated.labels[row] === ofClass;
        const isAnswered = answers[row] === ofClass;
        actual += Number(isActual);
        answered += Number(isAnswered);
        hits += Number(isActual && isAnswered);
      }
      const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
      return {
        ofClass,
        hits,
        actual,
        answered,
        precision: ratio(hits, answered),
        recall: ratio(hits, actual),
        f1: ratio(2 * hits, actual + answered),
      };
    });
};

type PerClass = 'precision' | 'recall' | 'f1';

const macro =
  (of: PerClass): Measure =>
  (evaluated) => {
    const counts = countsByClass(evaluated);
    return counts.reduce((sum, each) => sum + each[of], 0) / counts.length;
  };

const ofPositives =
  (of: PerClass): Measure =>
  (evaluated) =>
    countsByClass(evaluated).find(({ ofClass }) => ofClass === 1)?.[of] ?? 0;

const accuracy: Measure = (evaluated) =>
  countsByClass(evaluated).reduce((sum, { hits }) => sum + hits, 0) / evaluated.labels.length;

const balancedAccuracy: Measure = (evaluated) => {
  const present = countsByClass(evaluated).filter(({ actual }) => actual > 0);
  return present.reduce((sum, { recall }) => sum + recall, 0) / present.length;
};

const squared = (label: number, prediction: number) => (label - prediction) ** 2;

const determination: Measure = ({ labels, predictions }) => {
  const mean = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const total = labels.reduce((sum, label) => sum + (label - mean) ** 2, 0);
  return 1 - labels.reduce((sum, label, row) => sum + squared(label, predictions[row]!), 0) / total;
};

const minimize = (measure: Measure, custom = false) => ({ goal: 'Minimize' as const, custom, measure });
const maximize = (measure: Measure, custom = true) => ({ goal: 'Maximize' as const, custom, measure });

const table: Readonly<Record<string, Omit<EvalMetric, 'name'>>> = {
  logloss: minimize((evaluated) => weightedMean(evaluated, logLoss)),
  error: minimize(errorAt(0.5)),
  merror: minimize(multiclassError),
  mlogloss: minimize(multiclassLogLoss),
  mape: minimize((evaluated) => weightedMean(evaluated, (label, prediction) => Math.abs((label - prediction) / label))),
  rmsle: minimize((evaluated) =>
    Math.sqrt(weightedMean(evaluated, (label, prediction) => squared(Math.log1p(label), Math.log1p(prediction)))),
  ),
  auc: maximize(({ labels, predictions, weights }) => areaUnderCurve(labels, predictions, weights), false),
  rmse: minimize((evaluated) => Math.sqrt(weightedMean(evaluated, squared)), true),
  mae: minimize((evaluated) => weightedMean(evaluated, (label, prediction) => Math.abs(label - prediction)), true),
  mse: minimize((evaluated) => weightedMean(evaluated, squared), true),
  r2: maximize(determination),
  accuracy: maximize(accuracy),
  balanced_accuracy: maximize(balancedAccuracy),
  f1: maximize(macro('f1')),
  f1_macro: maximize(macro('f1')),
  f1_binary: maximize(ofPositives('f1')),
  precision: maximize(ofPositives('precision')),
  recall: maximize(ofPositives('recall')),
  precision_macro: maximize(macro('precision')),
  recall_macro: maximize(macro('recall')),
  // Micro-averaged over every class, precision and recall are both the accuracy.
  precision_micro: maximize(accuracy),
  recall_micro: maximize(accuracy),
};

/** The metric of that name, or `error@t`; throws ClientError naming the known ones. */
export const evalMetricNamed = (name: string): EvalMetric => {
  const [base = '', threshold] = name.split('@');
  if (threshold !== undefined && base === 'error' && threshold !== '' && Number.isFinite(Number(threshold)))
    return { name, goal: 'Minimize', custom: false, measure: errorAt(Number(threshold)) };
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!found)
    throw new ClientError(
      `The local trainer does not implement eval_metric=${name}. It knows error@t, ${Object.keys(table).join(', ')}.`,
    );
  return { name, ...found };
};
