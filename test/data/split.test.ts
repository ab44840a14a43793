/** Which rows train, validate, test and fall into which fold: decided by their content, or by what the pipeline names. */
import { describe, expect, test } from '@jest/globals';
import { type Dataset } from '../../data/dataset.ts';
import { inFold, split, type SplitOptions, splitView } from '../../data/split.ts';
import { describeTarget, labelSql } from '../../data/target.ts';
import { datasetOf, randomFrom, sharedDataset, testShared } from '../fixtures/dataset.ts';

const fractions = { train: 0.7, validation: 0.15, test: 0.15, seed: 7 };
const partNames = ['train', 'validation', 'test'] as const;

/** Rows of a number, a text with gaps and a target; `classes` 0 makes the target a number. */
const someRows = (count: number, classes: number, seed = 1) => {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const target = classes ? 'abcdef'[Math.floor(random() ** 2 * classes)] : (random() * 50).toFixed(3);
    return `${(random() * 100).toFixed(4)},${random() < 0.1 ? '' : 'xyz'[Math.floor(random() * 3)]},${target}`;
  });
};
const named = (rows: readonly string[], header = 'n,t,target') => `${header}\n${rows.join('\n')}\n`;
const read = (rows: readonly string[], header?: string) => datasetOf(named(rows, header), { header: true });
const cut = async (dataset: Dataset, options: Partial<SplitOptions> = {}, target = 'target') =>
  split(dataset, { ...fractions, target: await describeTarget(dataset, { target }), ...options });

type Cells = Record<string, string | number | bigint | null>;

/** Every row of the split, with its cells as one text. */
const placed = async ({ engine, columns }: Dataset) => {
  const rows = await engine.rows<Cells>(`SELECT * FROM ${splitView}`);
  return rows.map((cells) => ({
    cells,
    y: Number(cells['y']),
    text: columns.map(({ sql }) => cells[sql] ?? '').join(','),
    in: partNames[Number(cells['part'])]!,
  }));
};
/** The split of each row by its cells. */
const partsOf = async (dataset: Dataset, options?: Partial<SplitOptions>) => {
  await cut(dataset, options);
  return new Map((await placed(dataset)).map((row) => [row.text, row.in]));
};

const shuffled = <T>(items: readonly T[], seed: number) => {
  const random = randomFrom(seed);
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
};

const tally = <T>(values: readonly T[]) => {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};
const spread = (counts: Iterable<number>) => Math.max(...counts) - Math.min(...counts);

describe.each([
  ['random', 0],
  ['stratified', 3],
] as const)('a %s split', (by, classes) => {
  const rows = someRows(2000, classes);

  test('has every row in exactly one part, in about the wanted shares', async () => {
    const dataset = await read(rows);
    const counts = await cut(dataset, { by });
    const found = tally((await placed(dataset)).map((row) => row.in));
    for (const [part, share] of [
      ['train', 0.7],
      ['validation', 0.15],
      ['test', 0.15],
    ] as const) {
      expect(found.get(part)).toBe(counts[part]);
      expect(Math.abs(counts[part] / rows.length - share)).toBeLessThan(0.04);
    }
    expect(counts.train + counts.validation + counts.test).toBe(rows.length);
  });

  test('depends neither on the order of the rows nor on the objects that they come in', async () => {
    const whole = await partsOf(await read(rows), { by });
    const other = shuffled(rows, 2);
    expect(await partsOf(await read(other), { by })).toEqual(whole);
    const objects = [other.slice(0, 300), other.slice(300, 1900), other.slice(1900)].map((some) => named(some));
    expect(await partsOf(await datasetOf(objects, { header: true }), { by })).toEqual(whole);
  });

  test('leaves old rows where they are when rows are added', async () => {
    const some = rows.slice(0, 1500);
    const smallest = Math.min(...tally(some.map((row) => row.slice(-1))).values());
    if (classes > 0) expect(smallest).toBeGreaterThanOrEqual(200);
    const [before, after] = [
      await partsOf(await read(some), { by }),
      await partsOf(await read(shuffled(rows, 4)), { by }),
    ];
    for (const [row, part] of before) expect([row, after.get(row)]).toEqual([row, part]);
  });

  test('sends equal rows to one part', async () => {
    const repeated = shuffled([...rows.slice(0, 150), ...rows.slice(0, 150), ...rows.slice(0, 150)], 3);
    const dataset = await read(repeated);
    await cut(dataset, { by });
    const found = await placed(dataset);
    expect(new Set(found.map((row) => `${row.text} ${row.in}`)).size).toBe(new Set(repeated).size);
  });

  test('changes with the seed', async () => {
    const dataset = await read(rows);
    const [first, second] = [await partsOf(dataset, { by }), await partsOf(dataset, { by, seed: 8 })];
    expect(second).not.toEqual(first);
    expect((await cut(dataset, { by, seed: 2 ** 32 - 1 })).train).toBeGreaterThan(0);
  });

  test('can do without validation rows or test rows', async () => {
    const dataset = await read(rows);
    expect((await cut(dataset, { by, train: 0.8, validation: 0, test: 0.2 })).validation).toBe(0);
    expect((await cut(dataset, { by, train: 0.8, validation: 0.2, test: 0 })).test).toBe(0);
    expect((await cut(dataset, { by, train: 1, validation: 0, test: 0 })).train).toBe(rows.length);
  });
});

test('a stratified split keeps the proportions of rare classes, to the row', async () => {
  const rows = someRows(600, 4);
  const dataset = await read(rows);
  await cut(dataset);
  const found = await placed(dataset);
  const rare = ['b', 'c', 'd'].filter((label) => rows.filter((row) => row.endsWith(label)).length < 200);
  expect(rare.length).toBeGreaterThan(1);
  for (const label of rare) {
    const own = tally(found.filter(({ text }) => text.endsWith(label)).map((row) => row.in));
    const all = rows.filter((row) => row.endsWith(label)).length;
    expect(own.get('train')).toBe(Math.round(0.7 * all));
    expect(own.get('train')! + own.get('validation')!).toBe(Math.round(0.85 * all));
  }
});

test('rows of a group stay together, whatever else they hold and whichever groups come later', async () => {
  const rows = someRows(3000, 3).map((row, index) => `${index % 211},${row}`);
  const dataset = await read(rows, 'person,n,t,target');
  const counts = await cut(dataset, { by: 'group:person', folds: 4, repeats: 2 });
  const found = await placed(dataset);
  for (const what of ['part', 'fold'] as const)
    expect(new Set(found.map((row) => `${row.cells['c0'] as number} ${String(row.cells[what])}`)).size).toBe(211);
  for (const what of ['cv0', 'cv1'])
    expect(new Set(found.map((row) => `${row.cells['c0'] as number} ${String(row.cells[what])}`)).size).toBe(211);
  expect(Math.abs(counts.train / 3000 - 0.7)).toBeLessThan(0.12);

  const more = await read([...rows, ...someRows(500, 3, 9).map((row) => `new,${row}`)], 'person,n,t,target');
  const again = await partsOf(await datasetOf(named(rows, 'person,n,t,target'), { textColumns: ['person'] }), {
    by: 'group:person',
  });
  const after = await partsOf(more, { by: 'group:person' });
  for (const [row, part] of again) expect([row, after.get(row)]).toEqual([row, part]);
});

describe('a split in time', () => {
  const day = (index: number) => new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10);

  test.each([
    ['dates', (index: number) => day(Math.floor(index / 3))],
    ['dates with times', (index: number) => `${day(index)} 17:30:00`],
    ['numbers', (index: number) => String(Math.floor(index / 3) - 100)],
  ])('tests the latest rows and validates on those before: %s', async (_, moment) => {
    const rows = someRows(1000, 0).map((row, index) => `${moment(index)},${row}`);
    const dataset = await read(shuffled(rows, 5), 'when,n,t,target');
    const counts = await cut(dataset, { by: 'time:when' });
    const found = await placed(dataset);
    const moments = partNames.map((part) =>
      found
        .filter((row) => row.in === part)
        .map((row) => row.cells['c0'] as string | number)
        .sort((a, b) => (a < b ? -1 : 1)),
    );
    expect(moments[0]!.at(-1)! < moments[1]![0]!).toBe(true);
    expect(moments[1]!.at(-1)! < moments[2]![0]!).toBe(true);
    // Rows of one moment stay together, so a part may have a moment more or less.
    expect(Math.abs(counts.train - 700)).toBeLessThanOrEqual(3);
    expect(Math.abs(counts.test - 150)).toBeLessThanOrEqual(3);
  });

  test('can do without test rows', async () => {
    const dataset = await read(
      someRows(100, 0).map((row, index) => `${day(index)},${row}`),
      'when,n,t,target',
    );
    const counts = await cut(dataset, { by: 'time:when', train: 0.8, validation: 0.2, test: 0 });
    expect(counts).toMatchObject({ train: 80, validation: 20, test: 0 });
  });
});

test('a column may name the split of each row, in any case', async () => {
  const names = ['train', 'TRAIN', 'Validation', 'test'];
  const rows = someRows(400, 2).map((row, index) => `${names[index % 4]},${row}`);
  const dataset = await read(rows, 'part,n,t,target');
  expect(await cut(dataset, { by: 'column:part' })).toMatchObject({ train: 200, validation: 100, test: 100 });
  for (const row of await placed(dataset)) expect(String(row.cells['c0']).toLowerCase()).toBe(row.in);
  const without = await read(
    rows.map((row) => row.replace('Validation', 'train')),
    'part,n,t,target',
  );
  expect(await cut(without, { by: 'column:part' })).toMatchObject({ train: 300, validation: 0, test: 100 });
});

describe('folds', () => {
  const rows = someRows(1507, 4);

  test('divide the rows outside test evenly, by class too, and anew in every repetition', async () => {
    const dataset = await read(rows);
    const counts = await cut(dataset, { folds: 5, repeats: 3 });
    const outside = (await placed(dataset)).filter((row) => row.in !== 'test');
    expect(counts.folds).toHaveLength(15);
    for (let repeat = 0; repeat < 3; repeat++) {
      const column = `cv${repeat}`;
      const sizes = tally(outside.map((row) => row.cells[column]));
      expect(sizes.size).toBe(5);
      expect(spread(sizes.values())).toBeLessThanOrEqual(1);
      for (const label of [0, 1, 2, 3]) {
        const own = tally(outside.filter((row) => row.y === label).map((row) => row.cells[column]));
        expect(own.size).toBe(5);
        expect(spread(own.values())).toBeLessThanOrEqual(1);
      }
    }
    const alike = outside.filter((row) => row.cells['cv0'] === row.cells['cv1']).length;
    expect(alike / outside.length).toBeLessThan(0.3);
  });

  test('of numbers differ by one row at most', async () => {
    const dataset = await read(someRows(998, 0));
    await cut(dataset, { folds: 7 });
    const outside = (await placed(dataset)).filter((row) => row.in !== 'test');
    expect(spread(tally(outside.map((row) => row.cells['cv0'])).values())).toBeLessThanOrEqual(1);
  });

  test('are counted as their conditions select them', async () => {
    const dataset = await read(rows);
    const { folds } = await cut(dataset, { folds: 3, repeats: 2 });
    const select = async (where: string) => {
      const found = await dataset.engine.rows<{ y: number }>(`SELECT * FROM ${splitView} WHERE ${where}`);
      return found.map(({ y }) => y);
    };
    for (const [place, fold] of folds.entries()) {
      const conditions = inFold(place, 3);
      const [train, scored] = [await select(conditions.train), await select(conditions.test)];
      expect([train.length, scored.length]).toEqual([fold.train, fold.test]);
      expect([0, 1, 2, 3].map((label) => tally(train).get(label))).toEqual(fold.trainLabels);
    }
  });

  test('do not depend on the order of the rows', async () => {
    const folded = async (some: readonly string[]) => {
      const dataset = await read(some);
      await cut(dataset, { folds: 5, repeats: 2 });
      return new Map(
        (await placed(dataset)).map((row) => [row.text, `${String(row.cells['cv0'])} ${String(row.cells['cv1'])}`]),
      );
    };
    expect(await folded(shuffled(rows, 8))).toEqual(await folded(rows));
  });

  test.each([1, 2, 5])('leave every label beside its own row, repeated %d times', async (repeats) => {
    const many = someRows(20_000, 5, repeats);
    const objects = [many.slice(0, 7000), many.slice(7000, 7001), many.slice(7001)].map((some) => named(some));
    const dataset = await datasetOf(objects, { header: true });
    const target = await describeTarget(dataset);
    await split(dataset, { ...fractions, target, folds: 5, repeats });
    const strange = await dataset.engine.rows(
      `SELECT * FROM ${splitView} WHERE y IS DISTINCT FROM ${labelSql(target, 'c2')}`,
    );
    expect(strange).toEqual([]);
  });
});

describe('is refused', () => {
  test.each([
    [{ train: 0.7, validation: 0.2, test: 0.2 }, 'The split 0.7 + 0.2 + 0.2 does not divide the rows'],
    [{ train: 0, validation: 0.5, test: 0.5 }, 'with a train above 0'],
    [{ train: 1.2, validation: -0.2, test: 0 }, 'from 0 to 1'],
    [
      { by: 'chance' },
      'There is no split by "chance" (prepare.split.by). Expected random, stratified, group:<column>, time:<column> or column:<column>',
    ],
    [{ by: 'group:person' }, 'prepare.split.by "person" is not a column of the file. Expected one of n, t, target'],
    [{ by: 'group:target' }, 'The rows cannot be split by the target "target" (prepare.split.by)'],
    [{ by: 'stratified' }, 'Expected random for a regression'],
  ])('%j', async (given, message) => {
    await expect(cut(await read(someRows(50, 0)), given)).rejects.toThrow(message);
  });

  test.each(['group', 'time', 'column'])('when a value of %s:<column> is missing', async (kind) => {
    const rows = someRows(60, 2).map((row, index) => `${index === 4 ? '' : 'train'},${row}`);
    await expect(cut(await read(rows, 'key,n,t,target'), { by: `${kind}:key` })).rejects.toThrow(
      kind === 'column'
        ? 'The column "key", which names the split of each row, holds missing values (file.csv, prepare.split.by). Expected train, validation, test'
        : 'The column "key", by which the rows are split, has missing values (file.csv, first in data row 5). Expected a value in every row',
    );
  });

  test.each(['31.03.2026', 'March 31, 2026', '2026-02-30', '17:30'])('when a time is %j', async (moment) => {
    const rows = someRows(60, 0).map((row, index) => `"${index === 9 ? moment : '2026-03-31'}",${row}`);
    await expect(cut(await read(rows, 'when,n,t,target'), { by: 'time:when' })).rejects.toThrow(
      `The column "when", by which the rows are split in time, holds "${moment}" (file.csv, prepare.split.by). Expected numbers, or dates and times such as 2026-03-31`,
    );
  });

  test('when a column names another split, or none of train', async () => {
    const split = (name: string) =>
      read(
        someRows(60, 2).map((row, index) => `${index % 2 ? name : 'test'},${row}`),
        'part,n,t,target',
      );
    await expect(cut(await split('holdout'), { by: 'column:part' })).rejects.toThrow(
      'which names the split of each row, holds "holdout"',
    );
    await expect(cut(await split('validation'), { by: 'column:part' })).rejects.toThrow(
      'file.csv has 60 rows, which leaves none for the train split (prepare.split.by: column:part). Expected rows that say train',
    );
  });

  test('when a part gets no row, with the rows that it takes', async () => {
    await expect(cut(await read(someRows(3, 0)))).rejects.toThrow(
      /file\.csv has 3 rows, which leaves none for the \w+ split \(prepare.split, \w+: 0\.\d+\)\. Expected about \d+ different rows or more/,
    );
  });

  test('when all rows are equal', async () => {
    const rows = [...Array.from({ length: 30 }, () => '1,x,a'), ...Array.from({ length: 30 }, () => '1,x,b')];
    await expect(cut(await read(rows))).rejects.toThrow('which leaves none for the validation split');
  });

  test('when no row of a class is in train', async () => {
    const rows = [...someRows(300, 0).map((row) => row.replace(/,[^,]*$/, ',common')), '1,x,rare', '2,x,rare'];
    const dataset = await read(rows);
    expect((await cut(dataset)).trainLabels).toEqual([expect.any(Number), 1]);
    const failures: string[] = [];
    for (let seed = 0; seed < 60 && failures.length === 0; seed++)
      await cut(dataset, { by: 'random', seed }).catch((error: unknown) => failures.push(String(error)));
    expect(failures[0]).toContain(
      'The class "rare" of the target "target" has 2 rows, none of which fell into the train split',
    );
  });

  test('when a class is too rare for folds', async () => {
    const rows = [...someRows(300, 0).map((row) => row.replace(/,[^,]*$/, ',common')), '1,x,rare', '2,x,rare'];
    await expect(cut(await read(rows), { folds: 5 })).rejects.toThrow(
      /The class "rare" of the target "target" has too few rows for so many folds: without fold \d none is left to train on \(prepare\.split\.folds\)\. Expected rows of every class outside every fold\. Take fewer folds, or have more than 2 rows of this class/,
    );
  });

  test('when there are fewer groups than folds', async () => {
    const rows = someRows(90, 0).map((row, index) => `${index % 6},${row}`);
    const given = { by: 'group:key', folds: 10, train: 0.8, validation: 0.2, test: 0 };
    const dataset = await read(rows, 'key,n,t,target');
    const messages: string[] = [];
    for (let seed = 0; seed < 20; seed++)
      await cut(dataset, { ...given, seed }).catch((error: unknown) => messages.push(String(error)));
    expect(messages).toHaveLength(20);
    expect(messages.join('\n')).toMatch(
      /Fold \d+ of 10 leaves no rows to score \(prepare\.split\.folds\)\. Expected at least 10 rows, or groups, outside the test split/,
    );
  });
});

testShared('the real files', async () => {
  const [boston, adult] = [await sharedDataset('boston-housing.csv'), await sharedDataset('adult.data')];
  const sizes = async (dataset: Dataset, target: string) => {
    const { train, validation, test: tested } = await cut(dataset, {}, target);
    return [train, validation, tested];
  };
  const [train, validation, tested] = await sizes(adult, 'column_15');
  expect(train! + validation! + tested!).toBe(32_561);
  expect(Math.abs(train! - 22_793)).toBeLessThan(300);
  expect(Math.abs(tested! - 4884)).toBeLessThan(250);
  expect((await sizes(boston, 'column_14')).reduce((sum, size) => sum + size)).toBe(506);
});
