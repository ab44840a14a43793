import { describe, expect, test } from '@jest/globals';
import { checkHyperparameters } from '../../../algorithms/hyperparameters.ts';
import { xgboost } from '../../../algorithms/xgboost/manifest.ts';
import { boston, csvOf } from './boston.ts';
import { runJob } from './job.ts';

const regression = { problem: 'regression', rows: 100, features: 3 } as const;
const binary = { problem: 'binary', rows: 100, features: 3, classCounts: [80, 20] } as const;
const multiclass = { problem: 'multiclass', rows: 100, features: 3, classCounts: [50, 30, 20] } as const;

describe('completing hyperparameters', () => {
  test('each problem gets its objective and a metric, 100 rounds, and the container’s own defaults for the rest', () => {
    expect(xgboost.complete({}, regression)).toEqual({
      num_round: '100',
      objective: 'reg:squarederror',
      eval_metric: 'mae,rmse',
    });
    expect(xgboost.complete({}, binary)).toMatchObject({ objective: 'binary:logistic', eval_metric: 'auc,logloss' });
    expect(xgboost.complete({}, multiclass)).toMatchObject({ objective: 'multi:softprob', num_class: '3' });
  });

  test('what the user gave stays', () => {
    const given = { num_round: '7', eta: '0.1', eval_metric: 'error' };
    expect(xgboost.complete(given, binary)).toEqual({ ...given, objective: 'binary:logistic' });
  });

  test('scale_pos_weight: auto is the ratio of negative to positive training rows', () => {
    expect(checkHyperparameters(xgboost, { scale_pos_weight: 'auto' }).problems).toEqual([]);
    expect(xgboost.complete({ scale_pos_weight: 'auto' }, binary)).toMatchObject({ scale_pos_weight: '4' });
    expect(() => xgboost.complete({ scale_pos_weight: 'auto' }, multiclass)).toThrow(/needs a binary problem/);
  });

  test('class weights stand in the second column, and nothing else may weigh the classes', () => {
    const weighed = { ...multiclass, classWeights: { balanced: true, byClass: [0.7, 1.1, 1.7] } };
    expect(xgboost.weightColumn).toBe(true);
    expect(xgboost.complete({}, weighed)).toMatchObject({ csv_weights: '1', num_class: '3' });
    expect(xgboost.complete({}, multiclass)).not.toHaveProperty('csv_weights');
    const two = { ...binary, classWeights: { balanced: false, byClass: [1, 5] } };
    for (const [name, value] of Object.entries({ scale_pos_weight: '4', csv_weights: '0' }))
      expect(() => xgboost.complete({ [name]: value }, two)).toThrow(
        /contradicts train\.classWeights.*Keep one of them/,
      );
    expect(() => xgboost.complete({ csv_weights: '1' }, binary)).toThrow(/first feature.*Say train\.classWeights/);
  });

  test('an objective that cannot answer the problem with scores is refused', () => {
    expect(() => xgboost.complete({ objective: 'reg:squarederror' }, binary)).toThrow(
      /does not answer a binary problem/,
    );
    expect(() => xgboost.complete({ objective: 'multi:softmax' }, multiclass)).toThrow(/Expected multi:softprob/);
  });

  test('what is completed passes the check of the catalogue', () => {
    for (const data of [regression, binary, multiclass])
      expect(checkHyperparameters(xgboost, xgboost.complete({}, data)).problems).toEqual([]);
  });
});

test('a misspelt name is answered with the known one', () => {
  const { problems } = checkHyperparameters(xgboost, { max_dept: 5 });
  expect(problems[0]).toMatchObject({ nearest: 'max_depth' });
});

test('the metric regexes read the log of a job', async () => {
  const { train, test: heldOut } = boston('binary');
  const { lines } = await runJob({
    hyperparameters: { num_round: '2', objective: 'binary:logistic', eval_metric: 'auc,logloss,f1' },
    train: csvOf(train),
    validation: csvOf(heldOut),
  });
  const scraped = Object.fromEntries(
    xgboost.metrics.flatMap(({ name, regex }) => {
      const found = new RegExp(regex).exec(lines.at(-1) ?? '')?.[1];
      // The documented regex takes everything up to a space; the number is what it starts with.
      return found === undefined ? [] : [[name, Number.parseFloat(found)]];
    }),
  );
  expect(Object.keys(scraped).sort()).toEqual(['validation:auc', 'validation:f1', 'validation:logloss']);
  expect(scraped['validation:auc']).toBeGreaterThan(0.9);
});

describe('reading answers', () => {
  const parse = (...answer: Parameters<typeof xgboost.inference.parse>) => xgboost.inference.parse(...answer);

  test('one number a row, or one probability per class', () => {
    expect(parse('0.25\n0.75\n', 'binary')).toEqual([0.25, 0.75]);
    expect(parse('21.5', 'regression')).toEqual([21.5]);
    expect(parse('0.2,0.3,0.5\n', 'multiclass')).toEqual([[0.2, 0.3, 0.5]]);
    expect(parse('0.2,0.8\n', 'binary')).toEqual([0.8]);
  });

  test.each([
    ['nonsense\n', 'binary', /Row 1 of the answer is "nonsense"/],
    ['0.5\n\n0.5\n', 'binary', /Row 2/],
    ['1,2,3\n', 'regression', /has 3 numbers/],
    ['2\n', 'multiclass', /has 1 numbers/],
  ] as const)('%j for a %s problem is an error', (body, problem, message) => {
    expect(() => parse(body, problem)).toThrow(message);
  });
});

test('the image is SageMaker’s, by region and version', () => {
  expect(xgboost.imageUri('us-east-1')).toBe('683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1');
  expect(xgboost.versions).toContain('3.0-5');
  expect(() => xgboost.imageUri('us-east-1', '9.9')).toThrow(RangeError);
});
