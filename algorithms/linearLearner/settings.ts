/** Linear Learner's hyperparameters as the training code wants them: typed, `auto` resolved, contradictions refused. */
import { ClientError } from '../algorithm.ts';
import type { LabelledCsv } from '../csv.ts';
import { hyperparameters } from './hyperparameters.ts';

export type PredictorType = 'binary_classifier' | 'multiclass_classifier' | 'regressor';
export type Optimizer = 'sgd' | 'adam' | 'rmsprop';
export type Criterion =
  'accuracy' | 'f_beta' | 'precision_at_target_recall' | 'recall_at_target_precision' | 'loss_function';

/** The losses each predictor type allows; the first is what `auto` means. */
const lossesOf = {
  regressor: [
    'squared_loss',
    'absolute_loss',
    'eps_insensitive_squared_loss',
    'eps_insensitive_absolute_loss',
    'quantile_loss',
    'huber_loss',
  ],
  binary_classifier: ['logistic', 'hinge_loss'],
  multiclass_classifier: ['softmax_loss'],
} as const satisfies Record<PredictorType, readonly string[]>;

export type LossName = (typeof lossesOf)[PredictorType][number];

export interface Settings {
  predictorType: PredictorType;
  /** 1 for regression and binary, else num_classes. */
  outputs: number;
  loss: LossName;
  lossOptions: { huberDelta: number; quantile: number; insensitivity: number; margin: number };
  optimizer: Optimizer;
  momentum: number;
  beta1: number;
  beta2: number;
  useBias: boolean;
  biasLearningRate: number;
  biasDecay: number;
  l1: number;
  /** `auto` tries several. */
  learningRate: number | 'auto';
  wd: number | 'auto';
  models: number | 'auto';
  scheduler: { factor: number; step: number; minimum: number } | undefined;
  epochs: number;
  batch: number;
  patience: number;
  tolerance: number;
  initial: { bias: number; spread: number; normal: boolean };
  scaleFeatures: boolean;
  centreFeatures: boolean;
  scaleLabel: boolean;
  centreLabel: boolean;
  scalerRows: number;
  calibrationRows: number | 'auto';
  criterion: Criterion;
  targetRecall: number;
  targetPrecision: number;
  beta: number;
  topK: number;
  /** `auto` tries 1 and balanced. */
  positiveWeight: number | 'balanced' | 'auto';
  balanceClasses: boolean;
}

type Wire = Readonly<Record<string, string>>;

const defaults: Wire = Object.fromEntries(
  hyperparameters.flatMap(({ name, default: usual }) =>
    usual === undefined || usual === null ? [] : [[name, String(usual)]],
  ),
);

const isOneOf = <T extends string>(values: readonly T[], text: string | undefined): text is T =>
  (values as readonly (string | undefined)[]).includes(text);

const predictorTypes: readonly PredictorType[] = ['binary_classifier', 'multiclass_classifier', 'regressor'];
const optimizers: readonly Optimizer[] = ['sgd', 'adam', 'rmsprop'];
const criteria: readonly Criterion[] = [
  'accuracy',
  'f_beta',
  'precision_at_target_recall',
  'recall_at_target_precision',
  'loss_function',
];

const oneOf = <T extends string>(name: string, values: readonly T[], text: string | undefined): T => {
  if (isOneOf(values, text)) return text;
  throw new ClientError(`Hyperparameter ${name} is "${text ?? ''}"; expected one of ${values.join(', ')}.`);
};

const lossOf = (predictorType: PredictorType, given: string | undefined): LossName => {
  const allowed: readonly LossName[] = lossesOf[predictorType];
  if (given === 'auto') return allowed[0]!;
  if (isOneOf(allowed, given)) return given;
  throw new ClientError(
    `Hyperparameter loss is "${given ?? ''}"; a ${predictorType} takes auto, ${allowed.join(', ')}.`,
  );
};

const outputsOf = (predictorType: PredictorType, classes: string | undefined): number => {
  if (predictorType !== 'multiclass_classifier') return 1;
  if (classes !== undefined) return Number(classes);
  throw new ClientError('Hyperparameter num_classes is required when predictor_type is multiclass_classifier.');
};

const checkAgainst = (wire: Wire, { rows, columns }: Pick<LabelledCsv, 'rows' | 'columns'>): void => {
  if (Number(wire['mini_batch_size']) > rows) {
    throw new ClientError(
      `Hyperparameter mini_batch_size is ${wire['mini_batch_size']}, more than the ${rows} rows of channel train; ` +
        `expected at most ${rows}.`,
    );
  }
  if (wire['feature_dim'] !== 'auto' && Number(wire['feature_dim']) !== columns) {
    throw new ClientError(
      `Hyperparameter feature_dim is ${wire['feature_dim']}, but the rows of channel train have ${columns} features.`,
    );
  }
  if (wire['use_bias'] === 'false' && wire['unbias_data'] === 'true') {
    throw new ClientError(
      'Hyperparameter unbias_data is "true" but use_bias is "false": centring features needs a bias.',
    );
  }
};

// With `auto`, the learning rate falls to a hundredth over the planned steps, so that small steps end the search.
const autoDecays = 50;
const autoFactor = 0.01 ** (1 / autoDecays);
const autoMinimumRate = 1e-6;

/** Typed settings for a training table; ClientError for values that contradict one another or the table. */
export const readSettings = (given: Wire, table: Pick<LabelledCsv, 'rows' | 'columns'>): Settings => {
  const wire: Wire = { ...defaults, ...given };
  checkAgainst(wire, table);
  const number = (name: string): number => Number(wire[name]);
  const orAuto = (name: string): number | 'auto' => (wire[name] === 'auto' ? 'auto' : number(name));
  const auto = (name: string, value: number): number => (wire[name] === 'auto' ? value : number(name));
  const flag = (name: string, value: boolean): boolean => (wire[name] === 'auto' ? value : wire[name] === 'true');
  const predictorType = oneOf('predictor_type', predictorTypes, wire['predictor_type']);
  const regression = predictorType === 'regressor';
  const useBias = flag('use_bias', true);
  const epochs = number('epochs');
  const batch = number('mini_batch_size');
  const steps = epochs * Math.ceil(table.rows / batch);
  const normal = wire['init_method'] === 'normal';
  const weight = wire['positive_example_weight_mult'];
  return {
    predictorType,
    outputs: outputsOf(predictorType, wire['num_classes']),
    loss: lossOf(predictorType, wire['loss']),
    lossOptions: {
      huberDelta: number('huber_delta'),
      quantile: number('quantile'),
      insensitivity: number('loss_insensitivity'),
      margin: number('margin'),
    },
    optimizer: wire['optimizer'] === 'auto' ? 'adam' : oneOf('optimizer', optimizers, wire['optimizer']),
    momentum: auto('momentum', 0),
    beta1: auto('beta_1', 0.9),
    beta2: auto('beta_2', 0.999),
    useBias,
    biasLearningRate: auto('bias_lr_mult', 1),
    biasDecay: auto('bias_wd_mult', 0),
    l1: auto('l1', 0),
    learningRate: orAuto('learning_rate'),
    wd: orAuto('wd'),
    models: orAuto('num_models'),
    scheduler: flag('use_lr_scheduler', true)
      ? {
          factor: auto('lr_scheduler_factor', autoFactor),
          step: auto('lr_scheduler_step', Math.max(1, Math.floor(steps / autoDecays))),
          minimum: auto('lr_scheduler_minimum_lr', autoMinimumRate),
        }
      : undefined,
    epochs,
    batch,
    patience: number('early_stopping_patience'),
    tolerance: number('early_stopping_tolerance'),
    initial: { bias: number('init_bias'), spread: number(normal ? 'init_sigma' : 'init_scale'), normal },
    scaleFeatures: flag('normalize_data', true),
    centreFeatures: flag('unbias_data', useBias),
    scaleLabel: regression && flag('normalize_label', true),
    centreLabel: regression && flag('unbias_label', useBias),
    scalerRows: number('num_point_for_scaler'),
    calibrationRows: orAuto('num_calibration_samples'),
    criterion: oneOf(
      'binary_classifier_model_selection_criteria',
      criteria,
      wire['binary_classifier_model_selection_criteria'],
    ),
    targetRecall: number('target_recall'),
    targetPrecision: number('target_precision'),
    beta: number('f_beta'),
    topK: number('accuracy_top_k'),
    positiveWeight: weight === 'balanced' || weight === 'auto' ? weight : Number(weight),
    balanceClasses: flag('balance_multiclass_weights', false),
  };
};
