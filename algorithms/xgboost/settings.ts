/**
 * The wire's strings to numbers, and everything the local trainer would otherwise have to ignore, refused. Ranges have been
 * checked by the catalogue; what is left are the dependencies between hyperparameters and the values only AWS honours.
 */
import { ClientError } from '../algorithm.ts';
import { evalMetricNamed } from './evalMetrics.ts';
import type { EvalMetric } from './evalMetrics.ts';
import type { GrowthSettings } from './growTree.ts';
import { aliases, hyperparameters } from './hyperparameters.ts';
import { objectiveNamed } from './objectives.ts';
import type { Objective } from './objectives.ts';
import type { ColumnShares } from './sampling.ts';

export interface Settings extends GrowthSettings {
  rounds: number;
  objective: Objective;
  classes: number;
  /** In the order of the log line: XGBoost's own first. */
  metrics: readonly EvalMetric[];
  earlyStopping: { rounds: number; metric: EvalMetric } | undefined;
  baseScore: number;
  scalePosWeight: number;
  maxBin: number;
  subsample: number;
  columns: ColumnShares;
  seed: number;
  csvWeights: boolean;
  saveWhenStopped: boolean;
}

/** Values of an accepted hyperparameter that this trainer honours; the others exist on AWS only. */
const honoured: Readonly<Record<string, readonly string[]>> = {
  booster: ['gbtree'],
  tree_method: ['auto', 'hist'],
  grow_policy: ['depthwise'],
  max_leaves: ['0'],
  process_type: ['default'],
  num_parallel_tree: ['1'],
  sampling_method: ['uniform'],
  predictor: ['auto', 'cpu_predictor'],
  single_precision_histogram: ['false'],
  use_dask_gpu_training: ['false'],
};

const known = new Map(hyperparameters.map((hyperparameter) => [hyperparameter.name, hyperparameter]));

const refuseAwsOnly = (name: string, value: string) => {
  const hyperparameter = known.get(name);
  if (!hyperparameter) throw new ClientError(`Extraneous hyperparameter found: ${name}.`);
  if (!hyperparameter.local && value !== String(hyperparameter.default))
    throw new ClientError(
      `The local trainer does not implement the hyperparameter ${name}; run the pipeline on AWS for it.`,
    );
  const values = honoured[name];
  if (values && !values.includes(value))
    throw new ClientError(
      `The local trainer does not implement ${name}=${value}. Expected ${values.join(' or ')}; run the pipeline on AWS for the others.`,
    );
};

const canonical = (given: Readonly<Record<string, string>>): Map<string, string> => {
  const settled = new Map<string, string>();
  for (const [name, value] of Object.entries(given)) {
    refuseAwsOnly(name, value);
    const target = aliases[name] ?? name;
    if (settled.has(target))
      throw new ClientError(`The hyperparameter ${target} is given twice, once as an alias. Keep one.`);
    settled.set(target, value);
  }
  return settled;
};

const metricsOf = (list: string, tuning: string | undefined, objective: Objective): readonly EvalMetric[] => {
  const names = list.split(',').map((name) => name.trim());
  const objectiveMetric = tuning?.replace(/^(validation|train):/, '');
  // The container puts the tuning job's metric last, where early stopping looks.
  const ordered = objectiveMetric ? [...names.filter((name) => name !== objectiveMetric), objectiveMetric] : names;
  for (const name of ordered) {
    if (name === 'auc' && !objective.name.startsWith('binary:'))
      throw new ClientError("Metric 'auc' can only be applied for classification and ranking problems.");
    if ((name === 'merror' || name === 'mlogloss') && !objective.multiclass)
      throw new ClientError(`Metric '${name}' needs a multi: objective, but the objective is ${objective.name}.`);
  }
  return ordered.map(evalMetricNamed);
};

const classesOf = (objective: Objective, given: string | undefined): number => {
  if (!objective.multiclass) return 1;
  if (given === undefined) throw new ClientError("Require input for parameter 'num_class' for multi-classification");
  return Number(given);
};

/** Reads validated hyperparameters; throws ClientError on what the local trainer cannot honour. */
export const readSettings = (given: Readonly<Record<string, string>>): Settings => {
  const values = canonical(given);
  const number = (name: string) => {
    const value = values.get(name) ?? known.get(name)?.default;
    if (value === undefined || value === null || !Number.isFinite(Number(value)))
      throw new ClientError(`The hyperparameter ${name} is ${value ?? 'missing'}; expected a number.`);
    return Number(value);
  };
  if (values.has('num_class') && !values.has('objective'))
    throw new ClientError(
      "Do not need to setup parameter 'num_class' for learning task other than multi-classification.",
    );
  const objective = objectiveNamed(values.get('objective') ?? 'reg:squarederror');
  const metrics = metricsOf(
    values.get('eval_metric') ?? objective.defaultMetric,
    values.get('_tuning_objective_metric'),
    objective,
  );
  const maxBin = number('max_bin');
  if (maxBin < 2 || maxBin > 65_535) throw new ClientError(`max_bin is ${maxBin}; expected 2 to 65535.`);
  return {
    rounds: number('num_round'),
    objective,
    classes: classesOf(objective, values.get('num_class')),
    metrics: [...metrics.filter(({ custom }) => !custom), ...metrics.filter(({ custom }) => custom)],
    earlyStopping: values.has('early_stopping_rounds')
      ? { rounds: number('early_stopping_rounds'), metric: metrics[metrics.length - 1]! }
      : undefined,
    baseScore: Math.fround(number('base_score')),
    scalePosWeight: number('scale_pos_weight'),
    maxBin,
    subsample: number('subsample'),
    columns: {
      byTree: number('colsample_bytree'),
      byLevel: number('colsample_bylevel'),
      byNode: number('colsample_bynode'),
    },
    seed: number('seed'),
    csvWeights: number('csv_weights') === 1,
    saveWhenStopped: values.get('save_model_on_termination') !== 'false',
    eta: number('eta'),
    gamma: number('gamma'),
    maxDepth: number('max_depth'),
    lambda: number('lambda'),
    alpha: number('alpha'),
    minChildWeight: number('min_child_weight'),
    maxDeltaStep: number('max_delta_step'),
  };
};
