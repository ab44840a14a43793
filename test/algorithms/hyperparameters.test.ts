import { describe, expect, test } from '@jest/globals';
import type { Hyperparameter } from '../../algorithms/algorithm.ts';
import { checkHyperparameters, expectation, missing } from '../../algorithms/hyperparameters.ts';

const rest = { required: false, tunable: false, local: true } as const;
const hyperparameters: readonly Hyperparameter[] = [
  { name: 'num_round', type: 'integer', ...rest, required: true, min: 1 },
  { name: 'eta', type: 'float', min: 0, minExclusive: true, max: 1, ...rest },
  { name: 'wd', type: 'float', min: 0, alsoAccepts: ['auto'], ...rest },
  { name: 'use_bias', type: 'categorical', values: ['true', 'false'], ...rest },
  { name: 'shout', type: 'categorical', values: ['True', 'False'], ...rest },
  { name: 'csv_weights', type: 'integer', values: [0, 1], ...rest },
  { name: 'verbose', type: 'boolean', ...rest },
  { name: 'note', type: 'string', ...rest },
];
const manifest = { name: 'example', hyperparameters };
const check = (given: Record<string, string | number | boolean>) => checkHyperparameters(manifest, given);

test('accepted values become strings for the wire', () => {
  const given = {
    num_round: 10,
    eta: '0.5',
    wd: 'auto',
    use_bias: true,
    shout: false,
    csv_weights: 1,
    verbose: true,
    note: 'x',
  };
  expect(check(given)).toEqual({
    values: {
      num_round: '10',
      eta: '0.5',
      wd: 'auto',
      use_bias: 'true',
      shout: 'False',
      csv_weights: '1',
      verbose: 'true',
      note: 'x',
    },
    problems: [],
  });
});

describe('an unknown name', () => {
  test('is reported with its near miss and every known name', () => {
    const [problem] = check({ num_rounds: 3 }).problems;
    expect(problem).toMatchObject({ name: 'num_rounds', given: 3, nearest: 'num_round' });
    expect(problem!.known).toContain('csv_weights');
    expect(problem!.message).toBe(
      'example has no hyperparameter "num_rounds". Did you mean "num_round"? ' +
        'Known: num_round, eta, wd, use_bias, shout, csv_weights, verbose, note.',
    );
  });

  test.each([
    ['numRound', 'num_round'],
    ['NUM-ROUND', 'num_round'],
    ['eat', 'eta'],
    ['use_bais', 'use_bias'],
    ['csv_weigths', 'csv_weights'],
    ['something_else', undefined],
    ['x'.repeat(5000), undefined],
  ])('%.20s is near %s', (given, nearest) => {
    expect(check({ [given]: 1 }).problems[0]!.nearest).toBe(nearest);
  });
});

test.each([
  ['num_round', 0, 'an integer at least 1'],
  ['num_round', '2.5', 'an integer at least 1'],
  ['num_round', 'auto', 'an integer at least 1'],
  ['eta', 0, 'a number greater than 0 and at most 1'],
  ['eta', 1.01, 'a number greater than 0 and at most 1'],
  ['eta', 'NaN', 'a number greater than 0 and at most 1'],
  ['eta', '0x1', 'a number greater than 0 and at most 1'],
  ['wd', 'Auto', 'a number at least 0, or "auto"'],
  ['use_bias', 'yes', 'one of "true", "false"'],
  ['csv_weights', 2, 'one of "0", "1"'],
  ['verbose', 'on', '"true" or "false"'],
  ['note', '', 'a non-empty string'],
])('%s does not take %p', (name, given, expected) => {
  const { values, problems } = check({ [name]: given });
  expect(values).toEqual({});
  expect(problems).toEqual([
    { name, given, expected, message: `Hyperparameter ${name} of example is "${given}"; expected ${expected}.` },
  ]);
});

test('all problems are reported at once', () => {
  expect(check({ num_round: -1, eta: 7, nope: 1 }).problems.map(({ name }) => name)).toEqual([
    'num_round',
    'eta',
    'nope',
  ]);
});

test('a missing required hyperparameter is reported by missing()', () => {
  expect(missing(manifest, { eta: '1' })).toEqual([
    {
      name: 'num_round',
      expected: 'an integer at least 1',
      message: 'Hyperparameter num_round of example is required; expected an integer at least 1.',
    },
  ]);
  expect(missing(manifest, { num_round: '1' })).toEqual([]);
});

test('an expectation reads as words', () => {
  expect(hyperparameters.map(expectation)).toContain('a number at least 0, or "auto"');
});
