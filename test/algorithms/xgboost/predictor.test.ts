import { describe, expect, test } from '@jest/globals';
import { ClientError } from '../../../algorithms/algorithm.ts';
import { boost } from '../../../algorithms/xgboost/boost.ts';
import { createPredictor } from '../../../algorithms/xgboost/predictor.ts';
import { readSettings } from '../../../algorithms/xgboost/settings.ts';
import { boston, csvOf } from './boston.ts';

const predictorFor = (problem: 'regression' | 'binary' | 'multiclass', more: Record<string, string> = {}) => {
  const { train, test: heldOut } = boston(problem, true);
  const settings = readSettings({ num_round: '3', ...more });
  return { predictor: createPredictor(boost({ settings, train, evaluate: false })), heldOut };
};

const { predictor, heldOut } = predictorFor('binary', { objective: 'binary:logistic' });
const body = csvOf(heldOut, false);
const statusOf = (...request: Parameters<typeof predictor.invoke>) => {
  try {
    predictor.invoke(...request);
  } catch (error) {
    return error instanceof ClientError ? error.status : undefined;
  }
  return 200;
};
const softprob = { objective: 'multi:softprob', num_class: '3' };

test('text/csv: one prediction a line', () => {
  const answer = predictor.invoke(body, 'text/csv; charset=utf-8', 'text/csv');
  expect(answer.contentType).toBe('text/csv');
  const lines = answer.body.trimEnd().split('\n');
  expect(lines).toHaveLength(heldOut.rows);
  for (const line of lines) expect(Number(line)).toBeGreaterThan(0);
  for (const line of lines) expect(Number(line)).toBeLessThan(1);
});

test('text/csv of multi:softprob: a line of probabilities that sum to 1; multi:softmax: the class', () => {
  const probabilities = predictorFor('multiclass', softprob).predictor.invoke(body, 'text/csv', 'text/csv').body;
  const classes = predictorFor('multiclass', { objective: 'multi:softmax', num_class: '3' });
  const answers = classes.predictor.invoke(body, 'text/csv', 'text/csv').body.trimEnd().split('\n');
  probabilities
    .trimEnd()
    .split('\n')
    .forEach((line, row) => {
      const numbers = line.split(',').map(Number);
      expect(numbers).toHaveLength(3);
      expect(numbers.reduce((sum, each) => sum + each)).toBeCloseTo(1, 5);
      expect(Number(answers[row])).toBe(numbers.indexOf(Math.max(...numbers)));
    });
});

test('application/json and application/jsonlines carry the same scores', () => {
  const scores = predictor.invoke(body, 'text/csv', '*/*').body.trimEnd().split('\n').map(Number);
  const json: unknown = JSON.parse(predictor.invoke(body, 'text/csv', 'application/json').body);
  expect(json).toEqual({ predictions: scores.map((score) => ({ score })) });
  const lines = predictor.invoke(body, 'text/csv', 'application/jsonlines').body.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(scores.map((score) => ({ score })));
});

describe('requests that cannot be answered', () => {
  test('another number of columns', () => {
    expect(() => predictor.invoke('1,2,3\n', 'text/csv', 'text/csv')).toThrow(
      'The request has 3 columns, but the model was trained with 13 features.',
    );
  });

  test('a content type the local container does not read, an answer it does not write', () => {
    expect(statusOf('1 1:2', 'text/libsvm', 'text/csv')).toBe(415);
    expect(statusOf(body, 'text/csv', 'image/png')).toBe(406);
  });

  test('cells that are no numbers, and no rows at all', () => {
    expect(() => predictor.invoke('a,b\n', 'text/csv', 'text/csv')).toThrow(/the request, row 1, column 1/);
    expect(() => predictor.invoke('', 'text/csv', 'text/csv')).toThrow(/no rows/);
  });
});
