import { describe, expect, test } from '@jest/globals';
import { describeTarget } from '../../data/infer.ts';
import { profileTable } from '../../data/profile.ts';
import { shared, tableOf, testShared } from './sources.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const profileOf = async (text: string, ignore?: string[]) => {
  const table = await tableOf(text);
  return profileTable(table, { target: describeTarget(table), ignore });
};

test('a profile tells what is in every column', async () => {
  const profile = await profileOf('size,colour,y\n1,red,1.5\n2,blue,2\n3,red,4\n4,,9\n,red,9\n4,,9\n');
  expect(profile).toMatchObject({ name: 'file.csv', rowsRead: 6, rowsUsed: 6, rowsRejected: 0, duplicateRows: 1 });
  expect(profile.columns[0]).toEqual({
    name: 'size',
    type: 'numeric',
    missing: 1,
    distinct: 4,
    min: 1,
    max: 4,
    mean: 2.8,
    std: Math.sqrt((1.8 ** 2 + 0.8 ** 2 + 0.2 ** 2 + 2 * 1.2 ** 2) / 4),
    quantiles: { p05: 1.2, p25: 2, p50: 3, p75: 4, p95: 4 },
  });
  expect(profile.columns[1]).toEqual({
    name: 'colour',
    type: 'categorical',
    missing: 2,
    distinct: 2,
    top: [
      { value: 'red', rows: 3 },
      { value: 'blue', rows: 1 },
    ],
  });
  expect(profile.target).toMatchObject({ name: 'y', problem: 'regression' });
  expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);
});

describe('notes', () => {
  const noteOn = async (cells: (row: number) => string, ignore?: string[]) => {
    const { notes } = await profileOf(
      `c,x,y\n${numbers(40)
        .map((row) => `${cells(row)},${(row * 7) % 11},${Math.sin(row)}`)
        .join('\n')}\n`,
      ignore,
    );
    return notes.map(({ kind, message }) => `${kind}: ${message}`);
  };

  test.each<[string, (row: number) => string, string]>([
    ['a constant', () => '5', 'constant: every row has the same value'],
    ['a column without values', () => '?', 'empty: no row has a value'],
    [
      'texts that name the row',
      (row) => `order ${row}`,
      'idLike: it looks like an id or free text: 40 different texts in 40 rows',
    ],
    [
      'numbers that count the rows',
      (row) => String(((row * 3) % 40) + 100),
      'idLike: it numbers the rows: every whole number from 100 to 139 once',
    ],
    ['mostly missing cells', (row) => (row % 4 ? '' : String(row / 8)), 'missing: missing in 30 of 40 rows'],
    [
      'a text among numbers',
      (row) => (row === 17 ? 'n.a.' : String(row % 9)),
      'mixed: 39 numbers and 1 text, read as text; data row 18 holds "n.a." (a missing value is written as an empty cell, ? or NA)',
    ],
    [
      'a number among texts',
      (row) => (row === 3 ? '12' : 'abc'[row % 3]!),
      'mixed: 1 number and 39 texts, read as text; data row 4 holds "12"',
    ],
    [
      'decimal commas',
      (row) => `"${row % 9},5"`,
      'decimalComma: numbers with a decimal comma such as "0,5" are read as text: write a decimal point',
    ],
  ])('on %s', async (_, cells, message) => {
    expect(await noteOn(cells)).toEqual([message]);
  });

  test('on ignored columns', async () => {
    expect(await noteOn((row) => String(row % 7), ['c'])).toEqual(['ignored: left out by data.ignore']);
  });
});

describe('leaks: columns that are the target in other words', () => {
  const leaksOf = async (text: string) => (await profileOf(text)).leaks;

  test('a complement of a binary target', async () => {
    const rows = numbers(30).map((row) => `${row * row},${row % 2},${1 - (row % 2)}`);
    expect(await leaksOf(`x,y_no,y_yes\n${rows.join('\n')}\n`)).toEqual([
      { column: 'y_no', reason: 'one-to-one with the target "y_yes": "0" is always "1", "1" is always "0"' },
    ]);
  });

  test('a code of every class, where a missing cell is a code too', async () => {
    const rows = numbers(30).map((row) => `${row * row},${['10', '', '30'][row % 3]},${'abc'[row % 3]}`);
    expect(await leaksOf(`x,code,class\n${rows.join('\n')}\n`)).toEqual([
      {
        column: 'code',
        reason: 'one-to-one with the target "class": "10" is always "a", missing is always "b", "30" is always "c"',
      },
    ]);
  });

  test('a column that is wrong in one row is none', async () => {
    const rows = numbers(30).map((row) => `${row * row},${row === 4 ? 1 : row % 2},${1 - (row % 2)}`);
    expect(await leaksOf(`x,almost,y\n${rows.join('\n')}\n`)).toEqual([]);
  });

  test('the target of a regression in another unit', async () => {
    const rows = numbers(30).map(
      (row) => `${row * row},${(Math.sin(row) * 1.8 + 32).toFixed(12)},${Math.sin(row).toFixed(14)}`,
    );
    expect(await leaksOf(`x,fahrenheit,celsius\n${rows.join('\n')}\n`)).toEqual([
      { column: 'fahrenheit', reason: 'the target "celsius" is 0.555556 times it plus -17.7778 in every row' },
    ]);
  });

  testShared('y_no beside y_yes in the encoded Adult file, and nothing in the others', async () => {
    const leaks = await Promise.all(
      ['adult_census_clean.csv', 'adult.data', 'boston-housing.csv'].map(async (name) => {
        const table = await shared(name);
        return profileTable(table, { target: describeTarget(table) }).leaks.map(({ column }) => column);
      }),
    );
    expect(leaks).toEqual([['y_no'], [], []]);
  });
});
