/**
 * Every hyperparameter the SageMaker XGBoost container accepts. Names, types, ranges and defaults are facts of the AWS guide
 * ("XGBoost hyperparameters") and of aws/sagemaker-xgboost-container, `algorithm_mode/hyperparameter_validation.py`; where the
 * two differ the container wins, because it is what refuses the job. `local` says whether the trainer of this folder honours
 * the name; values of an honoured name that it cannot honour (tree_method=exact) are refused in `settings.ts`.
 */
import type { Hyperparameter } from '../algorithm.ts';

type Extra = Partial<Omit<Hyperparameter, 'name' | 'type'>>;

const row = (name: string, type: Hyperparameter['type'], extra: Extra = {}): Hyperparameter => ({
  name,
  type,
  required: false,
  tunable: false,
  local: true,
  ...extra,
});
const onAwsOnly = (name: string, type: Hyperparameter['type'], extra: Extra = {}) =>
  row(name, type, { ...extra, local: false });

const switches = { values: ['true', 'false'] } as const;
const fraction = { min: 0, minExclusive: true, max: 1, default: 1, tunable: true } as const;
const nonNegative = (value: number): Extra => ({ min: 0, default: value, tunable: true });

const objectives =
  'reg:squarederror reg:linear reg:logistic binary:logistic binary:logitraw binary:hinge multi:softmax multi:softprob ' +
  'count:poisson rank:pairwise rank:ndcg rank:map reg:gamma reg:pseudohubererror reg:squaredlogerror reg:absoluteerror ' +
  'reg:tweedie survival:aft survival:cox aft_loss_distribution';

/** Other names XGBoost knows a hyperparameter by, with the name used here. */
export const aliases: Readonly<Record<string, string>> = {
  learning_rate: 'eta',
  min_split_loss: 'gamma',
  reg_lambda: 'lambda',
  reg_alpha: 'alpha',
};

const named: readonly Hyperparameter[] = [
  row('num_round', 'integer', { required: true, min: 1, tunable: true }),
  row('num_class', 'integer', {
    required: 'conditional',
    requiredWhen: 'objective is multi:softmax or multi:softprob',
    min: 2,
  }),
  row('objective', 'categorical', {
    default: 'reg:squarederror',
    values: objectives.split(' '),
  }),
  row('eval_metric', 'string'),
  row('early_stopping_rounds', 'integer', { min: 1 }),
  row('eta', 'float', { min: 0, max: 1, default: 0.3, tunable: true }),
  row('max_depth', 'integer', nonNegative(6)),
  row('min_child_weight', 'float', nonNegative(1)),
  row('gamma', 'float', nonNegative(0)),
  row('alpha', 'float', nonNegative(0)),
  row('lambda', 'float', nonNegative(1)),
  row('subsample', 'float', fraction),
  row('colsample_bytree', 'float', fraction),
  row('colsample_bylevel', 'float', fraction),
  row('colsample_bynode', 'float', fraction),
  // The guide calls it an integer; the container parses a float.
  row('max_delta_step', 'float', nonNegative(0)),
  row('scale_pos_weight', 'float', { min: 0, minExclusive: true, default: 1, alsoAccepts: ['auto'] }),
  row('base_score', 'float', { min: 0, default: 0.5 }),
  row('max_bin', 'integer', { min: 0, default: 256 }),
  row('seed', 'integer', { min: -(2 ** 31), minExclusive: true, max: 2 ** 31 - 1, maxExclusive: true, default: 0 }),
  row('csv_weights', 'integer', { min: 0, max: 1, values: [0, 1], default: 0 }),
  row('booster', 'categorical', { values: ['gbtree', 'gblinear', 'dart'], default: 'gbtree' }),
  row('tree_method', 'categorical', { values: ['auto', 'exact', 'approx', 'hist', 'gpu_hist'], default: 'auto' }),
  row('grow_policy', 'categorical', { values: ['depthwise', 'lossguide'], default: 'depthwise' }),
  row('max_leaves', 'integer', { min: 0, default: 0 }),
  row('process_type', 'categorical', { values: ['default', 'update'], default: 'default' }),
  row('num_parallel_tree', 'integer', { min: 1 }),
  row('sampling_method', 'categorical', { values: ['uniform', 'gradient_based'] }),
  row('predictor', 'categorical', { values: ['auto', 'cpu_predictor', 'gpu_predictor'] }),
  row('single_precision_histogram', 'categorical', { ...switches, default: 'false' }),
  row('deterministic_histogram', 'categorical', { ...switches, default: 'true' }),
  row('use_dask_gpu_training', 'categorical', { ...switches, default: 'false' }),
  row('save_model_on_termination', 'categorical', { ...switches, default: 'false' }),
  row('nthread', 'integer', { min: 1 }),
  row('verbosity', 'integer', { min: 0, max: 3, values: [0, 1, 2, 3], default: 1 }),
  row('_tuning_objective_metric', 'string'),
  onAwsOnly('monotone_constraints', 'string'),
  onAwsOnly('interaction_constraints', 'string'),
  onAwsOnly('sketch_eps', 'float', { min: 0, minExclusive: true, max: 1, maxExclusive: true, default: 0.03 }),
  onAwsOnly('updater', 'string', { default: 'grow_colmaker,prune' }),
  onAwsOnly('refresh_leaf', 'integer', { min: 0, max: 1, values: [0, 1], default: 1 }),
  onAwsOnly('dsplit', 'categorical', { values: ['row', 'col'] }),
  onAwsOnly('tweedie_variance_power', 'float', {
    min: 1,
    minExclusive: true,
    max: 2,
    maxExclusive: true,
    default: 1.5,
  }),
  onAwsOnly('aft_loss_distribution', 'categorical', { values: ['normal', 'logistic', 'extreme'] }),
  onAwsOnly('aft_loss_distribution_scale', 'float', { min: 0 }),
  onAwsOnly('lambda_bias', 'float', { min: 0, max: 1, default: 0 }),
  onAwsOnly('sample_type', 'categorical', { values: ['uniform', 'weighted'], default: 'uniform' }),
  onAwsOnly('normalize_type', 'categorical', { values: ['tree', 'forest'], default: 'tree' }),
  onAwsOnly('rate_drop', 'float', { min: 0, max: 1, default: 0 }),
  onAwsOnly('one_drop', 'integer', { min: 0, max: 1, values: [0, 1], default: 0 }),
  onAwsOnly('skip_drop', 'float', { min: 0, max: 1, default: 0 }),
  onAwsOnly('prob_buffer_row', 'integer', { min: 1, minExclusive: true }),
  onAwsOnly('_kfold', 'integer', { min: 2 }),
  onAwsOnly('_num_cv_round', 'integer', { min: 1, default: 1 }),
];

const aliased = Object.entries(aliases).flatMap(([alias, name]) =>
  named.filter((known) => known.name === name).map((known) => ({ ...known, name: alias, default: null })),
);

/** The hyperparameters in the order of the documentation, aliases last. */
export const hyperparameters: readonly Hyperparameter[] = [...named, ...aliased];
