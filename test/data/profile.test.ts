import { describe, expect, test } from '@jest/globals';
import { profileDataset, profileSchema, type ProfileOptions } from '../../data/profile.ts';
import { describeTarget } from '../../data/target.ts';
import { datasetOf, randomFrom, sharedDataset, testShared } from '../fixtures/dataset.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const profileOf = async (text: string, options: ProfileOptions = {}) => {
  const dataset = await datasetOf(text);
  return profileDataset(dataset, { target: await describeTarget(dataset), ...options });
};

test('a profile tells what is in every column', async () => {
  const profile = await profileOf('size,colour,y\n1,red,1.5\n2,blue,2\n3,red,4\n4,,9\n,red,9\n4,,9\n');
  expect(profile).toMatchObject({ name: 'file.csv', rowsRead: 6, rowsUsed: 6, rowsRejected: 0 });
  const [size, colour] = profile.columns;
  const deviation = Math.sqrt((1.8 ** 2 + 0.8 ** 2 + 0.2 ** 2 + 2 * 1.2 ** 2) / 4);
  expect(size).toMatchObject({
    name: 'size',
    type: 'numeric',
    missing: 1,
    distinct: 4,
    min: 1,
    max: 4,
    mean: 2.8,
    std: Number(deviation.toPrecision(10)),
    zeros: 0,
    whole: true,
    quantiles: { p01: 1.04, p05: 1.2, p25: 2, p50: 3, p75: 4, p95: 4, p99: 4 },
    histogram: { edges: [1, 2, 3, 4], counts: [1, 1, 1, 2] },
  });
  expect(colour).toMatchObject({
    name: 'colour',
    type: 'categorical',
    missing: 2,
    distinct: 2,
    levels: [
      { value: 'red', rows: 3 },
      { value: 'blue', rows: 1 },
    ],
    other: 0,
    length: { min: 3, mean: 3.25, max: 4 },
  });
  expect(profile.target).toMatchObject({ name: 'y', problem: 'regression' });
  expect(profileSchema.parse(JSON.parse(JSON.stringify(profile)))).toEqual(JSON.parse(JSON.stringify(profile)));
});

test('quantiles, moments and histogram are exact, on many different values too', async () => {
  const random = randomFrom(5);
  const values = numbers(5000).map(() => Number((random() ** 3 * 1000 - 100).toFixed(2)));
  const sorted = values.toSorted((a, b) => a - b);
  const quantile = (share: number) => {
    const place = share * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return Number((low + (high - low) * (place % 1)).toPrecision(10));
  };
  const [column] = (await profileOf(`x,y\n${values.map((x, row) => `${x},${Math.sin(row)}`).join('\n')}\n`)).columns;
  if (column?.type !== 'numeric') throw new Error('x is a number');
  const shares = { p01: 0.01, p05: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95, p99: 0.99 };
  expect(column.quantiles).toEqual(
    Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, quantile(share)])),
  );
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const moment = (power: number) => values.reduce((sum, x) => sum + (x - mean) ** power, 0) / values.length;
  expect(column.mean).toBeCloseTo(mean, 6);
  expect(column.std).toBeCloseTo(Math.sqrt((moment(2) * 5000) / 4999), 6);
  expect(column.skewness).toBeCloseTo(moment(3) / moment(2) ** 1.5, 6);
  const { edges, counts } = column.histogram;
  expect(edges).toHaveLength(20);
  expect(edges.at(-1)).toBe(column.max);
  for (const [bin, edge] of edges.entries()) {
    const above = edges[bin - 1] ?? -Infinity;
    expect(counts[bin]).toBe(values.filter((x) => x > above && x <= edge).length);
    expect(Math.abs(counts[bin]! - 250)).toBeLessThan(10);
  }
});

describe('notes', () => {
  const noteOn = async (cells: (row: number) => string, options: ProfileOptions = {}) => {
    const { notes } = await profileOf(
      `c,x,y\n${numbers(40)
        .map((row) => `${cells(row)},${(row * 7) % 11},${Math.sin(row)}`)
        .join('\n')}\n`,
      options,
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
    [
      'dates in three forms',
      (row) => [`2026-03-0${(row % 5) + 1}`, `0${(row % 5) + 1}.03.2026`, `3/${(row % 5) + 1}/2026`][row % 3]!,
      'dates: dates in several forms: year-month-day in 14 rows, 0.0.year in 13 rows, 0/0/year in 13 rows; write all of them year-month-day',
    ],
    [
      'a few values far above the others',
      (row) => String(row === 7 ? 900 : row % 5),
      'skewed: skewness 6.08: most values lie close together and a few far above',
    ],
  ])('on %s', async (_, cells, message) => {
    expect(await noteOn(cells)).toEqual([message]);
  });

  test('on ignored columns', async () => {
    expect(await noteOn((row) => String(row % 7), { ignore: ['c'] })).toEqual(['ignored: left out by data.ignore']);
  });

  test('on a rare class of the target', async () => {
    const rows = numbers(100).map((row) => `${(row * 37) % 101},${row % 50 === 3 ? 'yes' : 'no'}`);
    const { notes, target } = await profileOf(`x,y\n${rows.join('\n')}\n`);
    expect(target?.classes).toEqual([
      { value: 'no', rows: 98, share: 0.98 },
      { value: 'yes', rows: 2, share: 0.02 },
    ]);
    expect(notes).toEqual([
      {
        column: 'y',
        kind: 'imbalance',
        message: 'the class "yes" has 2 rows, 2 % of all: accuracy tells little, look at balancedAccuracy and auc',
      },
    ]);
  });
});

describe('leaks: columns that are the target in other words', () => {
  const leaksOf = async (text: string) => (await profileOf(text)).leaks;

  test('a complement of a binary target', async () => {
    const rows = numbers(30).map((row) => `${row * row},${row % 2},${1 - (row % 2)}`);
    expect(await leaksOf(`x,y_no,y_yes\n${rows.join('\n')}\n`)).toEqual([
      {
        column: 'y_no',
        reason: 'one-to-one with the target "y_yes": "1" is always "0", "0" is always "1"',
        kept: false,
      },
    ]);
  });

  test('are kept, with a note, when the pipeline says so', async () => {
    const rows = numbers(30).map((row) => `${row * row},${row % 2},${1 - (row % 2)}`);
    const { leaks, notes } = await profileOf(`x,y_no,y_yes\n${rows.join('\n')}\n`, { keep: ['y_no'] });
    expect(leaks).toMatchObject([{ column: 'y_no', kept: true }]);
    expect(notes.at(-1)?.message).toMatch(/^used, as data\.keep says, although it is one-to-one with the target/);
  });

  test('a code of every class, where a missing cell is a code too', async () => {
    const rows = numbers(30).map((row) => `${row * row},${['10', '', '30'][row % 3]},${'abc'[row % 3]}`);
    expect(await leaksOf(`x,code,class\n${rows.join('\n')}\n`)).toEqual([
      {
        column: 'code',
        reason: 'one-to-one with the target "class": "10" is always "a", missing is always "b", "30" is always "c"',
        kept: false,
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
      {
        column: 'fahrenheit',
        reason: 'the target "celsius" is 0.555556 times it plus -17.7778 in every row',
        kept: false,
      },
    ]);
  });

  testShared('y_no beside y_yes in the encoded Adult file, and nothing in the others', async () => {
    const found = await Promise.all(
      ['adult_census_clean.csv', 'adult.data', 'boston-housing.csv'].map(async (name) => {
        const dataset = await sharedDataset(name);
        const { leaks, suspects } = await profileDataset(dataset, { target: await describeTarget(dataset) });
        return [leaks.map(({ column }) => column), suspects];
      }),
    );
    expect(found).toEqual([
      [['y_no'], []],
      [[], []],
      [[], []],
    ]);
  });
});

describe('suspects: columns that alone predict the target nearly always', () => {
  const suspectsOf = async (rows: readonly string[]) =>
    (await profileOf(`x,s,y\n${rows.join('\n')}\n`)).suspects.map(({ column, reason }) => `${column}: ${reason}`);

  test('a number that separates two classes but for one row', async () => {
    const random = randomFrom(2);
    const rows = numbers(400).map((row) => {
      const yes = row % 4 === 0;
      return `${random().toFixed(3)},${(random() + (yes && row !== 8 ? 1 : 0)).toFixed(4)},${yes ? 'yes' : 'no'}`;
    });
    expect(await suspectsOf(rows)).toEqual([
      expect.stringMatching(
        /^s: alone it predicts the target "y" with an auc of 0\.99\d*: is it known before the target is\?$/,
      ),
    ]);
  });

  test('a text that goes with one of three classes', async () => {
    const random = randomFrom(3);
    const rows = numbers(400).map(
      (row) => `${random().toFixed(3)},${row === 9 ? 'q' : 'pqr'[row % 3]},${'abc'[row % 3]}`,
    );
    expect(await suspectsOf(rows)).toEqual([
      expect.stringMatching(/^s: alone it predicts the target "y" with an auc of 0\.99/),
    ]);
  });

  test('the number to predict, measured again', async () => {
    const random = randomFrom(4);
    const rows = numbers(400).map(() => {
      const y = random() ** 4 * 50;
      return `${random().toFixed(3)},${(y + random() * 0.1).toFixed(3)},${y.toFixed(4)}`;
    });
    expect(await suspectsOf(rows)).toEqual([
      expect.stringMatching(/^s: alone it explains 99\.\d+ % of the variance of the target "y"/),
    ]);
  });

  test('are neither ids nor columns of few rows', async () => {
    const random = randomFrom(5);
    expect(await suspectsOf(numbers(400).map((row) => `${random()},id-${row},${row % 2 ? 'a' : 'b'}`))).toEqual([]);
    expect(await suspectsOf(numbers(15).map((row) => `${random()},${row},${row > 7 ? 'a' : 'b'}`))).toEqual([]);
  });
});
