/** A pipeline can pin what its drops are; a drop that is something else is refused before anything is spent. */
import { describe, expect, test } from '@jest/globals';
import { checkContract, columnsToIgnore, contractFrom, refuseViolations } from '../../data/contract.ts';
import { profileDataset } from '../../data/profile.ts';
import { contractSchema } from '../../spec/contract.ts';
import { InputError } from '../../spec/errors.ts';
import { parsePipeline } from '../../spec/parsePipeline.ts';
import { datasetOf } from '../fixtures/dataset.ts';

const profileOf = async (text: string) => profileDataset(await datasetOf(text, { header: true }));
const told = async (text: string, contract: unknown) =>
  checkContract(await profileOf(text), contractSchema.parse(contract)).map(
    ({ column, what, expected }) => `${column} ${what}: ${expected}`,
  );

const text = 'age,colour\n39,red\n?,blue\n41,red\n';

test('a drop keeps the contract that was written from it', async () => {
  const profile = await profileOf(text);
  const contract = contractFrom(profile);
  expect(contract.columns).toEqual([
    { name: 'age', type: 'numeric', maxMissing: 0.334, min: 39, max: 41 },
    { name: 'colour', type: 'categorical', maxMissing: 0, levels: ['red', 'blue'] },
  ]);
  expect(checkContract(profile, contractSchema.parse(contract))).toEqual([]);
});

describe('violations', () => {
  test.each<[string, object, string[]]>([
    ['a missing column', { name: 'size' }, ['size is missing: the column in every drop']],
    ['another type', { name: 'age', type: 'categorical' }, ['age holds numbers: texts']],
    [
      'too many missing values',
      { name: 'age', maxMissing: 0.1 },
      ['age is missing in 1 of 3 rows: at most a share of 0.1'],
    ],
    ['a missing value at all', { name: 'age', maxMissing: 0 }, ['age is missing in 1 of 3 rows: a value in every row']],
    [
      'numbers out of bounds',
      { name: 'age', min: 40, max: 40.5 },
      ['age goes down to 39: at least 40', 'age goes up to 41: at most 40.5'],
    ],
    ['a new level', { name: 'colour', levels: ['red', 'green'] }, ['colour holds "blue": one of "red", "green"']],
    ['texts for numbers', { name: 'colour', min: 0 }, ['colour holds texts: numbers']],
  ])('%s', async (_, column, expected) => {
    expect(await told(text, { columns: [column], extraColumns: 'ignore' })).toEqual(expected);
  });

  test('extra columns are refused, or ignored, as the contract says', async () => {
    const columns = [{ name: 'age' }];
    expect(await told(text, { columns })).toEqual(['colour is not in the contract: no such column']);
    const contract = contractSchema.parse({ columns, extraColumns: 'ignore' });
    expect(columnsToIgnore(['age', 'colour', 'y'], 'y', contract)).toEqual(['colour']);
  });

  test('are all named in one error', async () => {
    const contract = contractSchema.parse({ columns: [{ name: 'age', maxMissing: 0 }, { name: 'size' }] });
    const profile = await profileOf(text);
    expect(() => refuseViolations(profile, contract)).toThrow(InputError);
    expect(() => refuseViolations(profile, contract)).toThrow(
      'file.csv does not keep the contract of the pipeline: "age" is missing in 1 of 3 rows, expected a value in every row; "size" is missing, expected the column in every drop; "colour" is not in the contract, expected no such column (data.contract)',
    );
  });
});

test.each([
  ['columns: [{ name: a, min: 2, max: 1 }]', 'min must not exceed max'],
  ['columns: [{ name: a }, { name: a }]', 'every column is listed once'],
  ['columns: [{ name: a, levels: [x], min: 1 }]', 'levels to texts'],
  ['columns: [{ name: a, maxMising: 0 }]', 'did you mean maxMissing?'],
])('a contract that makes no sense is refused: %s', (contract, message) => {
  expect(() => parsePipeline(`name: p\ndata: { contract: { ${contract} } }\n`, 'p.yaml')).toThrow(message);
});
