import { describe, expect, test } from '@jest/globals';
import { describeTarget } from '../../data/infer.ts';
import { countDuplicates, hashBytes, hashRows } from '../../data/rowHash.ts';
import { type Split, split, type SplitOptions } from '../../data/split.ts';
import type { Table } from '../../data/table.ts';
import { randomFrom, shared, tableOf, testShared } from './sources.ts';

const fractions = { train: 0.7, validation: 0.15, test: 0.15, seed: 7 };

/** Rows of a number, a text with gaps and a target; `classes` 0 makes the target a number. */
const someRows = (count: number, classes: number, seed = 1) => {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const target = classes ? 'abcdef'[Math.floor(random() ** 2 * classes)] : (random() * 50).toFixed(3);
    return `${(random() * 100).toFixed(2)},${random() < 0.1 ? '' : 'xyz'[Math.floor(random() * 3)]},${target}`;
  });
};
const read = (rows: readonly string[]) => tableOf(`n,t,target\n${rows.join('\n')}\n`);
const cut = (table: Table, options: Partial<SplitOptions> = {}) =>
  split(table, { ...fractions, target: describeTarget(table), ...options });

/** The split of each row by its text. */
const byText = (rows: readonly string[], { train, validation, test }: Split) =>
  new Map(
    Object.entries({ train, validation, test }).flatMap(([part, of]) =>
      [...of].map((row) => [rows[row]!, part] as const),
    ),
  );

const shuffled = <T>(items: readonly T[], seed: number) => {
  const random = randomFrom(seed);
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
};

describe.each([
  ['random', 0],
  ['stratified', 3],
] as const)('a %s split', (by, classes) => {
  const rows = someRows(2000, classes);

  test('has every row in exactly one part, in about the wanted shares', async () => {
    const { train, validation, test } = cut(await read(rows), { by });
    expect([...train, ...validation, ...test].sort((a, b) => a - b)).toEqual(rows.map((_, row) => row));
    for (const [part, share] of [
      [train, 0.7],
      [validation, 0.15],
      [test, 0.15],
    ] as const)
      expect(Math.abs(part.length / rows.length - share)).toBeLessThan(0.04);
  });

  test('does not depend on the order of the rows, down to the order within the parts', async () => {
    const other = shuffled(rows, 2);
    const [first, second] = [cut(await read(rows), { by }), cut(await read(other), { by })];
    for (const part of ['train', 'validation', 'test'] as const)
      expect([...second[part]].map((row) => other[row])).toEqual([...first[part]].map((row) => rows[row]));
  });

  test('sends equal rows to one part', async () => {
    const repeated = shuffled([...rows.slice(0, 150), ...rows.slice(0, 150), ...rows.slice(0, 150)], 3);
    const parts = cut(await read(repeated), { by });
    const seen = new Map<string, Set<string>>();
    for (const [part, of] of Object.entries<Int32Array>({ ...parts }))
      for (const row of of) seen.set(repeated[row]!, (seen.get(repeated[row]!) ?? new Set()).add(part));
    expect([...seen.values()].every((found) => found.size === 1)).toBe(true);
  });

  test('changes with the seed', async () => {
    const table = await read(rows);
    expect(cut(table, { by, seed: 8 }).train).not.toEqual(cut(table, { by }).train);
    expect(cut(table, { by, seed: 2 ** 32 - 1 }).train.length).toBeGreaterThan(0);
  });

  test('can do without validation rows or test rows', async () => {
    const table = await read(rows);
    expect(cut(table, { by, train: 0.8, validation: 0, test: 0.2 }).validation).toHaveLength(0);
    expect(cut(table, { by, train: 0.8, validation: 0.2, test: 0 }).test).toHaveLength(0);
    expect(cut(table, { by, train: 1, validation: 0, test: 0 }).train).toHaveLength(rows.length);
  });
});

test('added rows move no old row of a random split', async () => {
  const rows = someRows(1500, 0);
  const [before, after] = [rows.slice(0, 1000), shuffled(rows, 4)];
  const old = byText(before, cut(await read(before)));
  const now = byText(after, cut(await read(after)));
  for (const row of before) expect([row, now.get(row)]).toEqual([row, old.get(row)]);
});

test('a stratified split keeps the proportions of the classes, to the row', async () => {
  const rows = someRows(1000, 4);
  const { train, validation, test } = cut(await read(rows));
  const share = (part: Int32Array, label: string) => [...part].filter((row) => rows[row]!.endsWith(label)).length;
  for (const label of 'abcd') {
    const all = rows.filter((row) => row.endsWith(label)).length;
    expect(share(train, label)).toBe(Math.round(0.7 * all));
    expect(share(train, label) + share(validation, label)).toBe(Math.round(0.85 * all));
    expect(share(test, label)).toBe(all - Math.round(0.85 * all));
  }
});

describe('is refused', () => {
  test.each([
    [{ train: 0.7, validation: 0.2, test: 0.2 }, 'The split 0.7 + 0.2 + 0.2 does not divide the rows'],
    [{ train: 0, validation: 0.5, test: 0.5 }, 'with a train above 0'],
    [{ train: 1.2, validation: -0.2, test: 0 }, 'from 0 to 1'],
  ])('%j', async (given, message) => {
    const table = await read(someRows(50, 0));
    expect(() => cut(table, given)).toThrow(message);
  });

  test('when a part gets no row, with the rows that it takes', async () => {
    const table = await read(someRows(3, 0));
    expect(() => cut(table)).toThrow(
      /file\.csv has 3 rows, which leaves none for the \w+ split \(prepare.split, \w+: 0\.\d+\)\. Expected about \d+ different rows or more/,
    );
  });

  test('when all rows are equal', async () => {
    const table = await read([
      ...Array.from({ length: 30 }, () => '1,x,a'),
      ...Array.from({ length: 30 }, () => '1,x,b'),
    ]);
    expect(() => cut(table)).toThrow('which leaves none for the validation split');
  });

  test('when no row of a class is in train', async () => {
    const rows = [...someRows(300, 0).map((row) => row.replace(/,[^,]*$/, ',common')), '1,x,rare', '2,x,rare'];
    const table = await read(rows);
    expect([...cut(table).train].some((row) => rows[row]!.endsWith('rare'))).toBe(true);
    const failures = Array.from({ length: 60 }, (_, seed) => {
      try {
        return cut(table, { by: 'random', seed }) && '';
      } catch (error) {
        return String(error);
      }
    });
    expect(failures.find(Boolean)).toContain(
      'The class "rare" of the target "target" has 2 rows, none of which fell into the train split',
    );
  });

  test('when numbers are to be stratified', async () => {
    const table = await read(someRows(50, 0));
    expect(() => cut(table, { by: 'stratified' })).toThrow('Expected random for a regression');
  });
});

describe('the hash', () => {
  test.each([
    ['', 0],
    ['hello', 0x248bfa47],
    ['hello, world', 0x149bbb7f],
    ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
  ])('of %j is that of MurmurHash3 x86_32', (text, expected) => {
    expect(hashBytes(new TextEncoder().encode(text))).toBe(expected);
  });

  test('of a row stays as it is from release to release', async () => {
    const table = await tableOf('n,t\n1.5,x\n-3,\n,long text\n');
    expect([...hashRows(table, 7)]).toMatchInlineSnapshot(`
     [
       68304767,
       3369682282,
       2780752828,
     ]
    `);
  });

  test('tells 100,000 different rows apart as chance would', async () => {
    const table = await tableOf(
      `n,t\n${Array.from({ length: 100_000 }, (_, row) => `${row % 1000},v${Math.floor(row / 1000)}`).join('\n')}\n`,
    );
    const places = hashRows(table, 1);
    expect(new Set(places).size).toBeGreaterThan(99_990);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const hash of places) tenths[Math.floor((hash / 2 ** 32) * 10)]! += 1;
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    expect(countDuplicates(table)).toBe(0);
  });

  test('counts rows that come again', async () => {
    expect(countDuplicates(await tableOf('a,b\n1,x\n2,y\n1,x\n1.0,x\n,\n,\n1,y\n'))).toBe(3);
  });
});

testShared('the real files', async () => {
  const [boston, adult] = [await shared('boston-housing.csv'), await shared('adult.data')];
  const sizes = (table: Table) => Object.values(cut(table)).map((part: Int32Array) => part.length);
  expect(sizes(adult)).toEqual([22_793, 4884, 4884]);
  expect(sizes(boston).reduce((sum, size) => sum + size)).toBe(506);
  expect(countDuplicates(adult)).toBe(24);
});
