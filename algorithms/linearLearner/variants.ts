/**
 * The settings tried in parallel (num_models): every `auto` among learning_rate, wd and positive_example_weight_mult is a
 * choice, and the model that does best on the calibration rows is kept. With `auto`, num_models is 4 learning settings (two
 * rates, each with and without weight decay): Adult's quality is the same with 1 to 16, and each costs as long as the first.
 */
import type { Variant } from './candidate.ts';
import { randomNumbers } from './randomNumbers.ts';
import type { Optimizer, Settings } from './settings.ts';

const learningRates: Record<Optimizer, readonly number[]> = {
  adam: [0.02, 0.1],
  rmsprop: [0.01, 0.05],
  sgd: [0.01, 0.1],
};
const decays: readonly number[] = [0, 1e-3];

const classCounts = (labels: Float64Array, classes: number): Float64Array => {
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label]! += 1;
  return counts;
};

/** Weights under which every class that occurs counts as much as the others, and the mean weight is 1. */
const balanced = (labels: Float64Array, classes: number): Float64Array => {
  const counts = classCounts(labels, classes);
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count > 0 ? labels.length / (present * count) : 0));
};

const none = new Float64Array(0);

const weightChoices = (labels: Float64Array, settings: Settings): readonly Float64Array[] => {
  if (settings.predictorType === 'regressor') return [none];
  if (settings.predictorType === 'multiclass_classifier') {
    return [settings.balanceClasses ? balanced(labels, settings.outputs) : none];
  }
  // The documented meaning of balanced: the positives together weigh what the negatives do.
  const [negatives = 0, positives = 0] = classCounts(labels, 2);
  const balancedWeights = Float64Array.of(1, negatives / positives);
  if (settings.positiveWeight === 'balanced') return [balancedWeights];
  if (settings.positiveWeight === 'auto') return [none, balancedWeights];
  return [settings.positiveWeight === 1 ? none : Float64Array.of(1, settings.positiveWeight)];
};

/** Settings beyond the grid, for a num_models larger than it: drawn log-uniformly around the grid's. */
const drawn = (index: number, { optimizer, learningRate, wd }: Settings): Omit<Variant, 'classWeights'> => {
  const random = randomNumbers(index + 1);
  const [low = 0.01, high = 0.1] = learningRates[optimizer];
  return {
    learningRate: learningRate === 'auto' ? (low / 4) * ((high * 16) / low) ** random() : learningRate,
    wd: wd === 'auto' ? 10 ** (-6 + 5 * random()) : wd,
  };
};

/** The variants to train, in a fixed order. An `auto` weight of the positives doubles them. */
export const variantsOf = (labels: Float64Array, settings: Settings): Variant[] => {
  const rates = settings.learningRate === 'auto' ? learningRates[settings.optimizer] : [settings.learningRate];
  const wds = settings.wd === 'auto' ? decays : [settings.wd];
  const grid = wds.flatMap((wd) => rates.map((learningRate) => ({ learningRate, wd })));
  const searched = settings.learningRate === 'auto' || settings.wd === 'auto';
  // Without anything to search, more models would be copies of the first.
  const count = settings.models === 'auto' || !searched ? grid.length : settings.models;
  const chosen = Array.from({ length: count }, (_, index) => grid[index] ?? drawn(index, settings));
  return weightChoices(labels, settings).flatMap((classWeights) =>
    chosen.map((variant) => ({ ...variant, classWeights })),
  );
};
