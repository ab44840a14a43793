import { describe, expect, test } from '@jest/globals';
import { hyperparameters } from '../../../algorithms/xgboost/hyperparameters.ts';
import { readModel } from '../../../algorithms/xgboost/modelJson.ts';
import { boston, csvOf } from './boston.ts';
import { runJob } from './job.ts';

const regression = boston('regression');
const binary = boston('binary', true);
const train = csvOf(regression.train);
const validation = csvOf(regression.test);

const metric = (lines: readonly string[], name: string) =>
  lines.flatMap((line) => line.match(new RegExp(`#011${name}:([\\d.]+)`))?.[1] ?? []).map(Number);

test('the log lines are the container’s, one per round, and the training loss only falls', async () => {
  const { lines } = await runJob({ hyperparameters: { num_round: '40' }, train, validation });
  const rounds = lines.filter((line) => line.startsWith('['));
  expect(rounds).toHaveLength(40);
  expect(rounds[0]).toMatch(/^\[0\]#011train-rmse:\d+\.\d{5}#011validation-rmse:\d+\.\d{5}$/);
  const losses = metric(lines, 'train-rmse');
  losses.slice(1).forEach((loss, round) => expect(loss).toBeLessThanOrEqual(losses[round]!));
  // XGBoost's hist reaches 3.31 in 100 rounds on this split.
  expect(metric(lines, 'validation-rmse').at(-1)).toBeLessThan(3.6);
});

describe('early stopping', () => {
  const job = { num_round: '200', eta: '1', eval_metric: 'mae,rmse', early_stopping_rounds: '5' };

  test('watches the last metric of the validation channel and keeps the rounds up to the best', async () => {
    const { lines, text } = await runJob({ hyperparameters: job, train, validation });
    const watched = metric(lines, 'validation-rmse');
    const best = watched.indexOf(Math.min(...watched));
    expect(watched).toHaveLength(best + 1 + 5);
    const model = readModel(text!);
    expect(model.trees).toHaveLength(best + 1);
    expect(model.attributes).toEqual({ best_iteration: String(best), best_ntree_limit: String(best + 1) });
  });

  test('without a validation channel is refused', async () => {
    await expect(runJob({ hyperparameters: job, train })).rejects.toThrow(
      /early_stopping_rounds needs a validation channel/,
    );
  });
});

test('a job that is asked to stop leaves the model of the rounds so far', async () => {
  const stopping = (lines: readonly string[]) => lines.some((line) => line.startsWith('[6]'));
  const stopped = await runJob({ hyperparameters: { num_round: '500' }, train, stopping });
  expect(readModel(stopped.text!).trees).toHaveLength(7);
  const without = { num_round: '500', save_model_on_termination: 'false' };
  expect((await runJob({ hyperparameters: without, train, stopping })).text).toBeUndefined();
});

describe('a seed decides everything', () => {
  const sampled = { num_round: '10', subsample: '0.5', colsample_bytree: '0.5' };

  test('the same seed gives the same bytes, another seed another model', async () => {
    const first = await runJob({ hyperparameters: { ...sampled, seed: '3' }, train });
    const again = await runJob({ hyperparameters: { ...sampled, seed: '3' }, train });
    const other = await runJob({ hyperparameters: { ...sampled, seed: '4' }, train });
    expect(again.text).toBe(first.text);
    expect(other.text).not.toBe(first.text);
  });

  test('subsample leaves out about its share of the rows', async () => {
    const { text } = await runJob({ hyperparameters: { num_round: '20', subsample: '0.5' }, train });
    const covers = readModel(text!).trees.map((tree) => tree.cover[0]!);
    const mean = covers.reduce((sum, cover) => sum + cover, 0) / covers.length;
    expect(Math.abs(mean / regression.train.rows - 0.5)).toBeLessThan(0.05);
  });

  test('colsample_bytree gives each tree its share of the columns', async () => {
    const { text } = await runJob({ hyperparameters: { num_round: '20', colsample_bytree: '0.24' }, train });
    for (const tree of readModel(text!).trees) {
      const used = new Set(tree.feature.filter((_, node) => tree.left[node]! >= 0));
      expect(used.size).toBeLessThanOrEqual(3);
    }
  });
});

test('csv_weights=1: a row of weight 2 is the row twice, a row of weight 0 is no row', async () => {
  const lines = train.trim().split('\n');
  const repeats = lines.map((_, row) => row % 3);
  const weighted = lines.map((line, row) => line.replace(',', `,${repeats[row]},`)).join('\n');
  const repeated = lines.flatMap((line, row) => Array<string>(repeats[row]!).fill(line)).join('\n');
  const job = { num_round: '5', max_bin: '1024', max_depth: '3' };
  const first = readModel((await runJob({ hyperparameters: { ...job, csv_weights: '1' }, train: weighted })).text!);
  const second = readModel((await runJob({ hyperparameters: job, train: repeated })).text!);
  first.trees.forEach((tree, id) => {
    expect(tree.feature).toEqual(second.trees[id]!.feature);
    tree.cover.forEach((cover, node) => expect(cover).toBeCloseTo(second.trees[id]!.cover[node]!, 3));
  });
});

describe('every hyperparameter is honoured or refused', () => {
  const base = { num_round: '6', objective: 'binary:logistic' };
  const binaryTrain = csvOf(binary.train);
  const binaryValidation = csvOf(binary.test);
  const run = (more: Record<string, string>) =>
    runJob({ hyperparameters: { ...base, ...more }, train: binaryTrain, validation: binaryValidation });

  let usual: ReturnType<typeof run> | undefined;
  const usualRun = () => (usual ??= run({}));

  const changesTheModel = {
    num_round: '7',
    eta: '0.1',
    max_depth: '2',
    min_child_weight: '8',
    gamma: '3',
    alpha: '1',
    lambda: '5',
    subsample: '0.6',
    colsample_bytree: '0.5',
    colsample_bylevel: '0.5',
    colsample_bynode: '0.5',
    max_delta_step: '0.2',
    scale_pos_weight: '3',
    base_score: '0.2',
    max_bin: '8',
    objective: 'binary:logitraw',
    learning_rate: '0.1',
    min_split_loss: '3',
    reg_lambda: '5',
    reg_alpha: '1',
  };
  const changesTheLogOrTheDataOnly = {
    eval_metric: 'auc,error@0.3',
    nthread: '1',
    verbosity: '0',
    deterministic_histogram: 'true',
    _tuning_objective_metric: 'validation:auc',
    save_model_on_termination: 'true',
  };
  const provedElsewhere = new Set(['seed', 'csv_weights', 'num_class', 'early_stopping_rounds']);
  const onlyOneValue = {
    booster: 'dart',
    tree_method: 'exact',
    grow_policy: 'lossguide',
    max_leaves: '4',
    process_type: 'update',
    num_parallel_tree: '2',
    sampling_method: 'gradient_based',
    predictor: 'gpu_predictor',
    single_precision_histogram: 'true',
    use_dask_gpu_training: 'true',
  };
  const notImplemented = hyperparameters.filter(({ local }) => !local).map(({ name }) => name);

  test('the lists below cover the whole table', () => {
    const covered = new Set([
      ...Object.keys(changesTheModel),
      ...Object.keys(changesTheLogOrTheDataOnly),
      ...Object.keys(onlyOneValue),
      ...provedElsewhere,
      ...notImplemented,
    ]);
    expect(hyperparameters.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
  });

  test.each(Object.entries(changesTheModel))('%s=%s changes the model', async (name, value) => {
    expect((await run({ [name]: value })).text).not.toBe((await usualRun()).text);
  });

  test.each(Object.entries(changesTheLogOrTheDataOnly))('%s=%s leaves the model as it is', async (name, value) => {
    expect((await run({ [name]: value })).text).toBe((await usualRun()).text);
  });

  test.each(Object.entries(onlyOneValue))('%s=%s is refused by name', async (name, value) => {
    await expect(run({ [name]: value })).rejects.toThrow(`The local trainer does not implement ${name}=${value}`);
  });

  test.each(notImplemented)('%s is refused by name', async (name) => {
    await expect(run({ [name]: '0.7' })).rejects.toThrow(
      `The local trainer does not implement the hyperparameter ${name}`,
    );
  });

  test.each([
    [{ objective: 'rank:pairwise' }, /objective=rank:pairwise/],
    [{ eval_metric: 'ndcg' }, /eval_metric=ndcg/],
    [{ objective: 'multi:softprob' }, /Require input for parameter 'num_class'/],
    [{ objective: 'reg:squarederror', eval_metric: 'auc' }, /Metric 'auc' can only be applied/],
    [{ eta: '0.1', learning_rate: '0.1' }, /eta is given twice/],
    [{ scale_pos_weight: 'auto' }, /scale_pos_weight is auto/],
    [{ max_bin: '1' }, /max_bin is 1/],
    [{ base_score: '1' }, /base_score is 1/],
  ])('%j is refused: %s', async (more, message) => {
    await expect(run(more)).rejects.toThrow(message);
  });
});

describe('data that cannot be trained on', () => {
  const job = { num_round: '2' };
  test.each([
    ['a cell that is no number', '1,2,3\n4,five,6\n', /data\.csv, row 2, column 2/],
    ['a missing label', '1,2\n,3\n', /row 2, column 1: the label is missing/],
    ['a short row', '1,2,3\n4,5\n', /row 2/],
    ['no rows', '\n\n', /no rows/],
    ['no features', '1\n2\n', /no features/],
  ])('%s', async (_name, text, message) => {
    await expect(runJob({ hyperparameters: job, train: text })).rejects.toMatchObject({
      name: 'ClientError',
      message: expect.stringMatching(message) as unknown,
    });
  });

  test('labels outside the objective’s domain', async () => {
    const text = '0,1\n2,1\n';
    const logistic = { ...job, objective: 'binary:logistic' };
    const softmax = { ...job, objective: 'multi:softmax', num_class: '2' };
    await expect(runJob({ hyperparameters: logistic, train: text })).rejects.toThrow(/Label 2 in row 2.*from 0 to 1/);
    await expect(runJob({ hyperparameters: softmax, train: text })).rejects.toThrow(/Label 2 in row 2.*num_class is 2/);
  });

  test('a validation channel of another width', async () => {
    await expect(runJob({ hyperparameters: job, train: '1,2,3\n2,3,4\n', validation: '1,2\n' })).rejects.toThrow(
      'The validation channel has 1 feature columns, but the train channel has 2.',
    );
  });
});
