import * as z from 'zod';
import type { DataFacts, Manifest, Problem, Score } from '../algorithm.ts';
import { imageUri, repositoriesOf, versionsOf } from '../images.ts';
import { hyperparameters } from './hyperparameters.ts';
import { metrics } from './metrics.ts';

const name = 'linear-learner';
const version = '1';

const predictorTypes: Readonly<Record<Problem, string>> = {
  binary: 'binary_classifier',
  multiclass: 'multiclass_classifier',
  regression: 'regressor',
};

const wantedBatches = 128;
const wantedSteps = 2000;

/** A power of two that cuts an epoch into about 128 batches: the default of 1000 fails on fewer rows and learns little on few. */
const miniBatchSize = (rows: number): number => {
  const power = 2 ** Math.round(Math.log2(Math.max(rows, 1) / wantedBatches));
  return Math.max(1, Math.min(Math.max(power, 16), 1000, rows));
};

/** The default of 15 epochs, or as many as small data needs for about 2000 steps of the optimiser. */
const epochs = (rows: number, batch: number): number =>
  Math.min(100, Math.max(15, Math.ceil(wantedSteps / Math.ceil(Math.max(rows, 1) / batch))));

const weighing = (given: Readonly<Record<string, string>>, { problem, classWeights }: DataFacts) => {
  if (!classWeights) return {};
  const { balanced, byClass } = classWeights;
  const setting = problem === 'binary' ? 'positive_example_weight_mult' : 'balance_multiclass_weights';
  if (given[setting] !== undefined)
    throw new RangeError(`${setting}=${given[setting]} contradicts train.classWeights. Keep one of them.`);
  if (balanced) return { [setting]: problem === 'binary' ? 'balanced' : 'true' };
  const [negative = 1, positive = 1] = byClass;
  if (problem === 'binary') return { [setting]: String(positive / negative) };
  throw new RangeError(
    `${name} cannot weigh the classes of a multiclass problem one by one; expected train.classWeights: balanced, or xgboost.`,
  );
};

const completed = (given: Readonly<Record<string, string>>, data: DataFacts) => {
  const { problem, rows, classCounts } = data;
  const predictorType = predictorTypes[problem];
  if (given['predictor_type'] !== undefined && given['predictor_type'] !== predictorType) {
    throw new RangeError(
      `Hyperparameter predictor_type is "${given['predictor_type']}", but the problem is ${problem}; ` +
        `expected "${predictorType}" or nothing.`,
    );
  }
  const batch = Number(given['mini_batch_size'] ?? miniBatchSize(rows));
  return {
    mini_batch_size: String(batch),
    epochs: String(epochs(rows, batch)),
    ...(problem === 'multiclass' && classCounts ? { num_classes: String(classCounts.length) } : {}),
    ...weighing(given, data),
    ...given,
    predictor_type: predictorType,
  };
};

const answerGrammars = {
  binary: z.object({ score: z.number() }),
  regression: z.object({ score: z.number() }),
  multiclass: z.object({ score: z.array(z.number()) }),
} satisfies Record<Problem, z.ZodType<{ score: Score }>>;

const parse = (body: string, problem: Problem): Score[] =>
  body
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      try {
        return answerGrammars[problem].parse(JSON.parse(line)).score;
      } catch (cause) {
        const shown = line.length > 80 ? `${line.slice(0, 80)}…` : line;
        const message = `Answer ${index + 1} of ${name} is ${shown}; expected {"score": …} as for ${problem}.`;
        throw new Error(message, { cause });
      }
    });

const contentTypes = ['text/csv', 'application/x-recordio-protobuf'];

/** SageMaker's Linear Learner: linear and logistic regression by stochastic gradient descent. */
export const linearLearner: Manifest = {
  name,
  title: 'Linear Learner',
  problems: ['binary', 'multiclass', 'regression'],
  version,
  versions: versionsOf(name),
  imageUri: (region, tag = version) => imageUri(name, region, tag),
  repositories: repositoriesOf(name),
  channels: [
    { name: 'train', required: true, contentTypes },
    { name: 'validation', required: false, contentTypes },
    { name: 'test', required: false, contentTypes },
  ],
  hyperparameters,
  metrics,
  complete: completed,
  inference: { contentType: 'text/csv', accept: 'application/jsonlines', parse },
};
