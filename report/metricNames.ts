/** What the metrics' short names stand for, and the notes that only some need. */
import { markup, type Markup } from './markup.ts';

const names: Readonly<Record<string, string>> = {
  rmse: 'root mean squared error',
  mse: 'mean squared error',
  mae: 'mean absolute error',
  medianAe: 'median absolute error',
  r2: 'coefficient of determination',
  explainedVariance: 'explained variance',
  mape: 'mean absolute percentage error',
  smape: 'symmetric mean absolute percentage error',
  rmsle: 'root mean squared logarithmic error',
  bias: 'mean residual',
  accuracy: 'share of right answers',
  balancedAccuracy: 'mean recall of the classes',
  mcc: 'Matthews correlation coefficient',
  precision: 'share of right answers among those of class 1',
  recall: 'share of class 1 that is found',
  specificity: 'share of class 0 that is found',
  f1: 'harmonic mean of precision and recall',
  auc: 'area under the ROC curve',
  prAuc: 'area under the precision-recall curve',
  ks: 'Kolmogorov-Smirnov distance of the classes’ scores',
  logloss: 'logarithmic loss',
  brier: 'Brier score',
  ece: 'expected calibration error',
  top3Accuracy: 'right class among the three likeliest',
  top5Accuracy: 'right class among the five likeliest',
  precisionMacro: 'precision, mean of the classes',
  precisionMicro: 'precision over all rows',
  precisionWeighted: 'precision, weighted by class',
  recallMacro: 'recall, mean of the classes',
  recallMicro: 'recall over all rows',
  recallWeighted: 'recall, weighted by class',
  f1Macro: 'f1, mean of the classes',
  f1Micro: 'f1 over all rows',
  f1Weighted: 'f1, weighted by class',
};

const nameOf = (metric: string) => (Object.hasOwn(names, metric) ? names[metric] : undefined);

/** The short name, as pipelines and JSON spell it, and below it what it stands for. */
export const metricName = (metric: string): Markup => {
  const long = nameOf(metric);
  return markup`<code>${metric}</code>${long !== undefined && markup` <small>${long}</small>`}`;
};

/** The same within a sentence. */
export const metricPhrase = (metric: string): Markup => {
  const long = nameOf(metric);
  return markup`<code>${metric}</code>${long !== undefined && ` (${long})`}`;
};
