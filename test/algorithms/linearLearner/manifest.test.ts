import { describe, expect, test } from '@jest/globals';
import type { Problem } from '../../../algorithms/algorithm.ts';
import { linearLearner } from '../../../algorithms/linearLearner/manifest.ts';

describe('complete', () => {
  test('adds what the problem needs and keeps what was given', () => {
    const data = { problem: 'multiclass', rows: 30_000, features: 10, classCounts: [1, 2, 3, 4] } as const;
    expect(linearLearner.complete({ epochs: '3', wd: '0.1' }, data)).toEqual({
      predictor_type: 'multiclass_classifier',
      num_classes: '4',
      mini_batch_size: '256',
      epochs: '3',
      wd: '0.1',
    });
  });

  test.each([
    [10_000_000, '1000', '15'],
    [27_000, '256', '19'],
    [350, '16', '91'],
    [20, '16', '100'],
    [5, '5', '100'],
    [1, '1', '100'],
  ])('for %p rows takes batches of %s and %s epochs', (rows, batch, epochs) => {
    const completed = linearLearner.complete({}, { problem: 'regression', rows, features: 2 });
    expect(completed).toEqual({ predictor_type: 'regressor', mini_batch_size: batch, epochs });
  });

  test('weighs classes by the setting that its problem has, and refuses what it cannot', () => {
    const facts = { rows: 100, features: 2, classCounts: [80, 20] } as const;
    const weighed = (problem: Problem, balanced: boolean, byClass: number[], given = {}) =>
      linearLearner.complete(given, { ...facts, problem, classWeights: { balanced, byClass } });
    expect(linearLearner.weightColumn).toBeUndefined();
    expect(weighed('binary', true, [0.625, 2.5])).toMatchObject({ positive_example_weight_mult: 'balanced' });
    expect(weighed('binary', false, [2, 5])).toMatchObject({ positive_example_weight_mult: '2.5' });
    expect(weighed('multiclass', true, [1, 2, 3])).toMatchObject({ balance_multiclass_weights: 'true' });
    expect(() => weighed('multiclass', false, [1, 2, 3])).toThrow(/expected train\.classWeights: balanced, or xgboost/);
    expect(() => weighed('binary', true, [1, 1], { positive_example_weight_mult: '2' })).toThrow(
      'positive_example_weight_mult=2 contradicts train.classWeights. Keep one of them.',
    );
  });

  test('refuses a predictor_type of another problem', () => {
    const complete = () =>
      linearLearner.complete({ predictor_type: 'regressor' }, { problem: 'binary', rows: 9, features: 2 });
    expect(complete).toThrow('predictor_type is "regressor", but the problem is binary; expected "binary_classifier"');
  });
});

describe('inference.parse', () => {
  const parse = (body: string, problem: Problem) => linearLearner.inference.parse(body, problem);

  test('reads one score per line', () => {
    expect(parse('{"score":0.25,"predicted_label":0}\n{"score":1,"predicted_label":1}\n', 'binary')).toEqual([0.25, 1]);
    expect(parse('{"score":[0.5,0.25,0.25],"predicted_label":0}', 'multiclass')).toEqual([[0.5, 0.25, 0.25]]);
    expect(parse('{"score":-3.5}\n', 'regression')).toEqual([-3.5]);
  });

  test.each([
    ['{"predictions":[]}', 'regression'],
    ['{"score":[1,2]}', 'binary'],
    ['{"score":1}', 'multiclass'],
    ['oops', 'binary'],
  ] as const)('says which answer is not as documented: %s', (body, problem) => {
    expect(() => parse(`\n${body}`, problem)).toThrow(`Answer 1 of linear-learner is ${body}; expected {"score": …}`);
  });
});
