/** One of the models trained in parallel: its weights, its place in the search, and the state of its optimiser. */
import { type Loss, lossOf } from './losses.ts';
import { normal, randomNumbers } from './randomNumbers.ts';
import type { Settings } from './settings.ts';

/** What distinguishes one candidate from the others. */
export interface Variant {
  learningRate: number;
  wd: number;
  /** Weight of a row by its label; empty means 1 for every row. */
  classWeights: Float64Array;
}

export interface Candidate {
  variant: Variant;
  loss: Loss;
  columns: number;
  outputs: number;
  /** `outputs` rows of `columns + 1` values in scaled space; the last of each row is the bias. */
  weights: Float64Array;
  gradient: Float64Array;
  /** First and second moments of the gradient, as the optimiser needs them. */
  moments: readonly [Float64Array, Float64Array];
  steps: number;
  /** Loss of the best epoch and the weights it left. */
  best: { loss: number; weights: Float64Array };
  idleEpochs: number;
  stopped: boolean;
}

const initialWeights = (columns: number, { outputs, initial, useBias }: Settings): Float64Array => {
  const random = randomNumbers(1);
  const { spread, bias } = initial;
  const draw = initial.normal ? () => normal(random) * spread : () => (2 * random() - 1) * spread;
  const width = columns + 1;
  return Float64Array.from({ length: outputs * width }, (_, index) =>
    index % width === columns ? (useBias ? bias : 0) : draw(),
  );
};

/** An untrained candidate. All candidates of a job start from the same weights, so that only their variants differ. */
export const createCandidate = (columns: number, settings: Settings, variant: Variant): Candidate => {
  const weights = initialWeights(columns, settings);
  const zeros = () => new Float64Array(weights.length);
  return {
    variant,
    loss: lossOf(settings),
    columns,
    outputs: settings.outputs,
    weights,
    gradient: zeros(),
    moments: [zeros(), zeros()],
    steps: 0,
    best: { loss: Infinity, weights: weights.slice() },
    idleEpochs: 0,
    stopped: false,
  };
};
