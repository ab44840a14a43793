/**
 * The metrics Linear Learner prints, with the regexes by which SageMaker scrapes them.
 * Source: a DescribeHyperParameterTuningJob response of 2020. `roc_auc_score` and `rmse` are newer and no regex of theirs was
 * found: theirs follow the pattern of the others, and so do the lines the local trainer prints.
 */
import type { MetricDefinition } from '../algorithm.ts';

type Goal = MetricDefinition['goal'];

const kinds: Readonly<Record<Goal, 'loss' | 'score'>> = { Minimize: 'loss', Maximize: 'score' };

/** Metrics printed once, at the end, for the validation and the test channel: name and how the log names it. */
const final: readonly (readonly [string, Goal, string])[] = [
  ['absolute_loss', 'Minimize', 'absolute_loss'],
  ['binary_classification_accuracy', 'Maximize', 'binary_classification_accuracy'],
  ['binary_f_beta', 'Maximize', 'binary_f_\\S+'],
  ['dcg', 'Maximize', 'dcg'],
  ['macro_f_beta', 'Maximize', 'macro_f_\\S+'],
  ['macro_precision', 'Maximize', 'macro_precision'],
  ['macro_recall', 'Maximize', 'macro_recall'],
  ['mse', 'Minimize', 'mse'],
  ['multiclass_accuracy', 'Maximize', 'multiclass_accuracy'],
  ['multiclass_top_k_accuracy', 'Maximize', 'multiclass_top_k_accuracy_\\S+'],
  ['precision', 'Maximize', 'precision'],
  ['recall', 'Maximize', 'recall'],
  ['rmse', 'Minimize', 'rmse'],
  ['roc_auc_score', 'Maximize', 'roc_auc_score'],
];

const metric = (channel: string, [name, goal, logged]: (typeof final)[number]): MetricDefinition => ({
  name: `${channel}:${name}`,
  goal,
  regex: `#quality_metric: host=\\S+, ${channel} ${logged} <${kinds[goal]}>=(\\S+)`,
});

const objective = (channel: string, epoch: boolean, name = `${channel}:objective_loss`): MetricDefinition => ({
  name,
  goal: 'Minimize',
  regex: `#quality_metric: host=\\S+, ${epoch ? 'epoch=\\S+, ' : ''}${channel} \\S+_objective <loss>=(\\S+)`,
});

export const metrics: readonly MetricDefinition[] = [
  objective('train', true),
  objective('validation', true),
  objective('validation', false, 'validation:objective_loss:final'),
  objective('test', false),
  ...['validation', 'test'].flatMap((channel) => final.map((entry) => metric(channel, entry))),
];
