/** One step of each optimiser on the mean gradient of a mini-batch, with weight decay, L1 and the bias's own multipliers. */
import type { Candidate } from './candidate.ts';
import type { Optimizer, Settings } from './settings.ts';

const epsilon = 1e-8;
const rmspropDecay = 0.9;

/** The learning rate after so many steps. */
const currentRate = ({ variant: { learningRate }, steps }: Candidate, { scheduler }: Settings): number => {
  if (!scheduler) return learningRate;
  const { factor, step, minimum } = scheduler;
  return Math.max(Math.min(minimum, learningRate), learningRate * factor ** Math.floor(steps / step));
};

/** Turns summed gradients into the mean, plus the pull of weight decay and L1; a bias has no L1. */
const regularise = ({ weights, gradient, columns, variant: { wd } }: Candidate, total: number, settings: Settings) => {
  const { l1, biasDecay } = settings;
  const width = columns + 1;
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index]!;
    const isBias = index % width === columns;
    const pull = isBias ? wd * biasDecay * weight : wd * weight + l1 * Math.sign(weight);
    gradient[index] = gradient[index]! / total + pull;
  }
};

/** Each writes the step to subtract, for a learning rate of 1, over the gradient. */
const directions: Record<Optimizer, (candidate: Candidate, settings: Settings) => void> = {
  sgd({ gradient, moments: [velocity] }, { momentum }) {
    if (momentum === 0) return;
    for (let index = 0; index < gradient.length; index++) {
      gradient[index] = velocity[index] = momentum * velocity[index]! + gradient[index]!;
    }
  },
  rmsprop({ gradient, moments: [, squares] }) {
    for (let index = 0; index < gradient.length; index++) {
      const slope = gradient[index]!;
      const mean = (squares[index] = rmspropDecay * squares[index]! + (1 - rmspropDecay) * slope * slope);
      gradient[index] = slope / (Math.sqrt(mean) + epsilon);
    }
  },
  adam({ gradient, moments: [means, squares], steps }, { beta1, beta2 }) {
    const meanBias = 1 - beta1 ** steps;
    const squareBias = 1 - beta2 ** steps;
    for (let index = 0; index < gradient.length; index++) {
      const slope = gradient[index]!;
      const mean = (means[index] = beta1 * means[index]! + (1 - beta1) * slope);
      const square = (squares[index] = beta2 * squares[index]! + (1 - beta2) * slope * slope);
      gradient[index] = mean / meanBias / (Math.sqrt(square / squareBias) + epsilon);
    }
  },
};

/** Moves the weights by the gradient summed over rows of this total weight. */
export const step = (candidate: Candidate, total: number, settings: Settings): void => {
  const rate = currentRate(candidate, settings);
  candidate.steps++;
  regularise(candidate, total, settings);
  directions[settings.optimizer](candidate, settings);
  const { weights, gradient, columns } = candidate;
  const width = columns + 1;
  const biasRate = settings.useBias ? rate * settings.biasLearningRate : 0;
  for (let index = 0; index < weights.length; index++) {
    weights[index]! -= (index % width === columns ? biasRate : rate) * gradient[index]!;
  }
};
