import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { algorithms } from '../../algorithms/index.ts';
import { type JobInput, runTraining, startServing } from './workerContainer.ts';
import { temporaryFolder } from '../fixtures/temporaryFolder.ts';

/** y = 2a - b + 1 without noise. */
const line = Array.from({ length: 200 }, (_, index) => {
  const [a, b] = [(index * 7) % 13, (index * 5) % 11];
  return `${2 * a - b + 1},${a},${b}`;
}).join('\n');

const regression: JobInput = {
  hyperparameters: { predictor_type: 'regressor', mini_batch_size: '20', epochs: '40' },
  channels: { train: { 'part-0.csv': line }, validation: { 'part-0.csv': line } },
};

const failing = async (input: Partial<JobInput>) => {
  const { code, failure } = await runTraining({ ...regression, ...input });
  expect(code).toBe(1);
  return failure;
};

describe('train', () => {
  test('leaves the model and prints lines that the metric regexes match', async () => {
    const { root, code, log, failure } = await runTraining(regression);
    expect({ code, failure }).toEqual({ code: 0, failure: undefined });
    expect(readdirSync(join(root, 'model'))).toEqual(['model_algo-1']);
    const scraped = (name: string) => {
      const metric = algorithms['linear-learner']!.metrics.find((candidate) => candidate.name === name)!;
      return [...log.matchAll(new RegExp(metric.regex, 'g'))].map((match) => Number(match[1]));
    };
    expect(scraped('train:objective_loss').length).toBeGreaterThan(3);
    expect(scraped('validation:objective_loss').at(-1)).toBeLessThan(0.1);
    expect(scraped('validation:rmse')).toHaveLength(1);
  });

  test('ignores the name that a tuning job adds for its own use', async () => {
    const hyperparameters = { ...regression.hyperparameters, _tuning_objective_metric: 'validation:objective_loss' };
    expect((await runTraining({ ...regression, hyperparameters })).code).toBe(0);
  });

  test.each(['', 'epoch=1,'])('a job asked to stop at %p leaves the model it has so far', async (stopAt) => {
    const hyperparameters = { ...regression.hyperparameters, epochs: '1000000', early_stopping_patience: '1000000' };
    const { root, code, log } = await runTraining({ ...regression, hyperparameters, stopAt });
    expect(code).toBe(0);
    expect(log.includes('epoch=1,')).toBe(stopAt !== '');
    expect(readdirSync(join(root, 'model'))).toEqual(['model_algo-1']);
  });

  test.each<[string, Partial<JobInput>, string]>([
    [
      'an unknown hyperparameter',
      { hyperparameters: { ...regression.hyperparameters, epoch: '3' } },
      'ClientError: linear-learner has no hyperparameter "epoch". Did you mean "epochs"? Known: predictor_type',
    ],
    [
      'a value out of range',
      { hyperparameters: { predictor_type: 'regressor', epochs: '0' } },
      'ClientError: Hyperparameter epochs of linear-learner is "0"; expected an integer at least 1.',
    ],
    [
      'a missing required hyperparameter',
      { hyperparameters: {} },
      'ClientError: Hyperparameter predictor_type of linear-learner is required; expected one of "binary_classifier"',
    ],
    [
      'a hyperparameter that only AWS implements',
      { algorithm: 'xgboost', hyperparameters: { num_round: '1', updater: 'prune' } },
      'ClientError: Hyperparameter updater ("prune") of xgboost is accepted by SageMaker but not implemented by the local trainer',
    ],
    ['script mode', { hyperparameters: { sagemaker_program: 'train.py' } }, 'ClientError: Script mode'],
    [
      'an unknown channel',
      { channels: { ...regression.channels, validate: { a: line } } },
      'ClientError: linear-learner has no channel "validate". Did you mean "validation"? Known: train, validation, test.',
    ],
    [
      'a missing channel',
      { channels: { validation: { a: line } } },
      'ClientError: Channel train of linear-learner is required; given: validation.',
    ],
    [
      'a content type it does not know',
      { channelConfig: { ContentType: 'text/plain' } },
      'ClientError: Channel train has content type "text/plain"; linear-learner takes text/csv, application/x-recordio',
    ],
    [
      'a content type that only AWS implements',
      { channelConfig: { ContentType: 'application/x-recordio-protobuf' } },
      'is accepted by SageMaker but not implemented by the local trainer of linear-learner; expected "text/csv".',
    ],
    [
      'no content type',
      { channelConfig: { ContentType: undefined } },
      'ClientError: Channel train of linear-learner has no content type; expected ContentType "text/csv".',
    ],
    ['a label that is not first', { channelConfig: { ContentType: 'text/csv;label_size=0' } }, 'expected label_size=1'],
    ['Pipe mode', { channelConfig: { TrainingInputMode: 'Pipe' } }, 'input mode Pipe is accepted by SageMaker but not'],
    [
      'a missing value',
      { channels: { train: { 'part-0.csv': '1,2,3\n4,,6' } } },
      'ClientError: Channel train: part-0.csv, row 2, column 2: the value is missing.',
    ],
  ])('refuses %s', async (_, input, message) => {
    expect(await failing(input)).toContain(message);
  });

  test('keeps the first 1024 characters of a failure', async () => {
    const hyperparameters = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`nonsense_${index}`, '1']));
    expect(await failing({ hyperparameters })).toHaveLength(1024);
  });

  test('an algorithm without a trainer is an AlgorithmError', async () => {
    expect(await failing({ algorithm: 'kmeans' })).toMatch(/^AlgorithmError: No local trainer for "kmeans"/);
  });
});

describe('serve', () => {
  let server: Awaited<ReturnType<typeof startServing>>;
  beforeAll(async () => {
    server = await startServing((await runTraining(regression)).root);
  });
  afterAll(async () => {
    await server.close();
  });

  test('says when it is ready', () => {
    expect(server.ready).toEqual([{ ready: true }]);
  });

  test('answers a request with its id', async () => {
    const { status, contentType, body } = await server.invoke('5,3\n0,0', 'text/csv', 'application/json');
    expect({ status, contentType }).toEqual({ status: 200, contentType: 'application/json' });
    const scores = [...body.matchAll(/"score":([-\d.]+)/g)].map((match) => Number(match[1]));
    expect(scores[0]).toBeCloseTo(8, 0);
    expect(scores[1]).toBeCloseTo(1, 0);
  });

  test.each([
    ['a malformed request with 400', '1,x', 'text/csv', '', 400, 'the request, row 1, column 2: "x" is not a number'],
    ['too many features with 400', '1,2,3', 'text/csv', '', 400, 'the model was trained with 2'],
    ['an unknown content type with 415', '1,2', 'text/plain', '', 415, 'Content type "text/plain" is not supported'],
    ['recordio with 415', '1,2', 'application/x-recordio-protobuf', '', 415, 'not implemented by the local predictor'],
    ['an unknown accept with 406', '1,2', 'text/csv', 'text/csv', 406, 'Accept "text/csv" is not supported'],
  ])('refuses %s', async (_, body, contentType, accept, status, message) => {
    const answer = await server.invoke(body, contentType, accept);
    expect(answer).toMatchObject({ status, contentType: 'text/plain' });
    expect(answer.body).toContain(message);
  });

  test('goes on after a refusal', async () => {
    expect(await server.invoke('1,2', 'text/csv')).toMatchObject({ status: 200, contentType: 'application/json' });
  });

  test.each(['not JSON', '{"format":"mxnet"}'])('a model that is not its own ends the container: %s', async (text) => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'model'));
    writeFileSync(join(root, 'model', 'model_algo-1'), text);
    const { ready } = await startServing(root);
    expect(ready).toEqual([1]);
  });
});
