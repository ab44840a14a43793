/** XGBoost as the catalogue knows it; facts of the AWS guide "XGBoost algorithm with Amazon SageMaker AI". */
import type { DataFacts, Manifest, Problem, Score } from '../algorithm.ts';
import { imageUri, repositoriesOf, versionsOf } from '../images.ts';
import { hyperparameters } from './hyperparameters.ts';
import { metricDefinitions } from './metricDefinitions.ts';
import { modelFile } from './model.ts';
import { readSplitGains } from './splitGains.ts';

const algorithm = 'xgboost';
// The newest whose defaults the local trainer reproduces: 3.0 estimates base_score from the labels.
const version = '1.7-1';

/** Per problem: the objectives whose answers can be scored, the default first, and what is measured each round. */
const byProblem: Readonly<Record<Problem, { objectives: readonly string[]; evalMetric: string }>> = {
  regression: {
    objectives:
      'reg:squarederror reg:linear reg:logistic reg:gamma reg:pseudohubererror reg:squaredlogerror reg:absoluteerror reg:tweedie count:poisson'.split(
        ' ',
      ),
    evalMetric: 'mae,rmse',
  },
  binary: {
    objectives: ['binary:logistic', 'reg:logistic', 'binary:hinge', 'multi:softprob'],
    evalMetric: 'auc,logloss',
  },
  multiclass: { objectives: ['multi:softprob'], evalMetric: 'merror,mlogloss' },
};

const positiveWeight = ({ problem, classCounts }: DataFacts): string => {
  const [negative = 0, positive = 0] = classCounts ?? [];
  if (problem !== 'binary' || negative === 0 || positive === 0)
    throw new RangeError(
      `scale_pos_weight=auto needs a binary problem with rows of both classes; this one is ${problem}` +
        `${classCounts ? ` with ${classCounts.join(' and ')} rows` : ''}. Give a number, or leave it out.`,
    );
  return String(negative / positive);
};

const weighing = (given: Readonly<Record<string, string>>, { classWeights }: DataFacts): Record<string, string> => {
  if (!classWeights) {
    if (given.csv_weights !== '1') return {};
    throw new RangeError(
      'csv_weights=1 would take the first feature for the weights of the rows. Say train.classWeights instead.',
    );
  }
  const other = Object.entries(given).find(
    ([name, value]) => name === 'scale_pos_weight' || (name === 'csv_weights' && value !== '1'),
  );
  if (other)
    throw new RangeError(
      `${other.join('=')} contradicts train.classWeights, which weighs the rows (csv_weights=1). Keep one of them.`,
    );
  return { csv_weights: '1' };
};

const complete: Manifest['complete'] = (given, data) => {
  const { objectives, evalMetric } = byProblem[data.problem];
  const objective = given.objective ?? objectives[0]!;
  if (!objectives.includes(objective))
    throw new RangeError(
      `objective=${objective} does not answer a ${data.problem} problem with scores. Expected ${objectives.join(', ')}.`,
    );
  return {
    num_round: '100',
    ...(given.objective === undefined && { eval_metric: evalMetric }),
    ...given,
    objective,
    ...(objective.startsWith('multi:') && { num_class: given.num_class ?? String(data.classCounts?.length ?? 2) }),
    ...weighing(given, data),
    ...(given.scale_pos_weight === 'auto' && { scale_pos_weight: positiveWeight(data) }),
  };
};

const parseLine = (line: string, problem: Problem, row: number): Score => {
  const numbers = line.split(',').map(Number);
  if (line.trim() === '' || numbers.some((value) => !Number.isFinite(value)))
    throw new Error(`Row ${row} of the answer is ${JSON.stringify(line)}; expected numbers separated by commas.`);
  const [first, second] = numbers;
  if (problem === 'multiclass' && numbers.length > 1) return numbers;
  // multi:softprob on two classes answers both probabilities.
  if (problem === 'binary' && numbers.length === 2) return second!;
  if (problem !== 'multiclass' && numbers.length === 1) return first!;
  throw new Error(`Row ${row} of the answer has ${numbers.length} numbers, which a ${problem} problem does not have.`);
};

/** SageMaker's XGBoost in algorithm mode: gradient boosted trees. */
export const xgboost: Manifest = {
  name: algorithm,
  title: 'XGBoost',
  problems: ['binary', 'multiclass', 'regression'],
  version,
  versions: versionsOf(algorithm),
  imageUri: (region, tag = version) => imageUri(algorithm, region, tag),
  repositories: repositoriesOf(algorithm),
  channels: [
    { name: 'train', required: true, contentTypes: ['text/csv'] },
    { name: 'validation', required: false, contentTypes: ['text/csv'] },
  ],
  weightColumn: true,
  hyperparameters,
  metrics: metricDefinitions,
  complete,
  inference: {
    contentType: 'text/csv',
    accept: 'text/csv',
    parse: (body, problem) =>
      body
        .replace(/\r?\n$/, '')
        .split(/\r?\n/)
        .map((line, row) => parseLine(line, problem, row + 1)),
  },
  trees: { file: modelFile, read: readSplitGains },
};
