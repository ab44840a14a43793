import { describe, expect, test } from '@jest/globals';
import { writeChannels } from '../../data/channels.ts';
import type { Dataset } from '../../data/dataset.ts';
import { profileDataset } from '../../data/profile.ts';
import {
  applyRow,
  compileRecipe,
  type CompileOptions,
  fitRecipe,
  type FitOptions,
  labelOf,
  predictionOf,
  type RawRow,
  readingFor,
  type Recipe,
  recipeSchema,
} from '../../data/recipe.ts';
import { inFold, splitView } from '../../data/split.ts';
import { type ColumnSettings, textColumnsOf } from '../../spec/columnSettings.ts';
import { type PrepareOptions, withRows } from './datasets.ts';
import { randomFrom, sharedBytes, testShared } from '../fixtures/dataset.ts';

const fitText = (text: string, options: FitOptions = {}, reading: PrepareOptions = {}) =>
  withRows(text, { textColumns: textColumnsOf(options.overrides ?? {}), ...reading }, async ({ dataset, target }) =>
    fitRecipe(dataset, target, options),
  );

/** The features of every row as the queries make them, in the order of the file. */
const featuresOf = async (
  recipe: Recipe,
  dataset: Dataset,
  options: CompileOptions = { train: false },
): Promise<number[][]> => {
  const compiled = await compileRecipe(recipe, dataset, options);
  const columns = compiled.map(({ sql }, place) => `(${sql})::DOUBLE AS f${place}`);
  const rows: number[][] = [];
  for await (const chunk of dataset.engine.chunks(`SELECT ${columns.join(', ')} FROM ${splitView}`)) {
    const read = chunk.getColumns() as number[][];
    for (let row = 0; row < chunk.rowCount; row++) {
      const features: number[] = [];
      compiled.forEach((feature, place) => {
        const value = read[place]?.[row] ?? Number.NaN;
        if (feature.kind === 'number') features.push(value);
        else features.push(...(feature.values[value] ?? []));
      });
      rows.push(features);
    }
  }
  return rows;
};

const fitAndApply = (text: string, options: FitOptions = {}, reading: PrepareOptions = {}) =>
  withRows(text, { textColumns: textColumnsOf(options.overrides ?? {}), ...reading }, async ({ dataset, target }) => {
    const recipe = await fitRecipe(dataset, target, options);
    return { recipe, features: await featuresOf(recipe, dataset) };
  });

const small = 'size,colour,city,y\n1,red,,0.5\n2,blue,x,1.5\n,red,x,2.5\n9,,y,4.5\n3,blue,y,5.5\n';

test('numbers are filled, standardised and marked where missing; texts become one column per level', async () => {
  const { recipe, features } = await fitAndApply(small);
  expect(recipe.outputs).toEqual([
    'size',
    'size (missing)',
    'colour=blue',
    'colour=red',
    'colour (missing)',
    'city=x',
    'city=y',
    'city (missing)',
  ]);
  expect(recipe.features[0]).toMatchObject({ impute: 2.5, mean: 3.75, missing: true });
  const scale = Number(Math.sqrt((2.75 ** 2 + 1.75 ** 2 + 5.25 ** 2 + 0.75 ** 2) / 4).toPrecision(10));
  expect(features).toEqual([
    [(1 - 3.75) / scale, 0, 0, 1, 0, 0, 0, 1],
    [(2 - 3.75) / scale, 0, 1, 0, 0, 1, 0, 0],
    [(2.5 - 3.75) / scale, 1, 0, 1, 0, 1, 0, 0],
    [(9 - 3.75) / scale, 0, 0, 0, 1, 0, 1, 0],
    [(3 - 3.75) / scale, 0, 1, 0, 0, 0, 1, 0],
  ]);
});

test('only the train rows are learned from', async () => {
  const marked = `size,colour,city,part,y
1,red,,train,0.5\n2,blue,x,train,1.5\n1,red,x,train,1\n2,blue,x,train,2\n,red,x,test,2.5\n9,,y,test,4.5\n`;
  const { recipe, features } = await fitAndApply(marked, {}, { split: { by: 'column:part' } });
  expect(recipe.features).toEqual([
    { column: 'size', kind: 'numeric', impute: 1.5, log: false, mean: 1.5, scale: 0.5, missing: false },
    { column: 'colour', kind: 'categorical', levels: ['blue', 'red'], other: false, missing: false },
    { column: 'city', kind: 'categorical', levels: ['x'], other: false, missing: true },
  ]);
  // The test rows hold what train did not: a missing size is the median, a missing colour and the city y are all zeros.
  expect(features[4]).toEqual([0, 0, 1, 1, 0]);
  expect(features[5]).toEqual([15, 0, 0, 0, 0]);
});

test('whatever test rows hold, the recipe stays the same', async () => {
  const random = randomFrom(5);
  const rows = Array.from({ length: 400 }, (_, row) => {
    const part = row % 4 === 0 ? 'test' : 'train';
    return { part, cells: [random() * 9, 'abc'[Math.floor(random() * 3)], `2026-0${1 + (row % 9)}-11`, row % 2] };
  });
  const text = (change: (cells: readonly unknown[]) => readonly unknown[]) =>
    `n,t,d,y,part\n${rows.map(({ part, cells }) => [...(part === 'test' ? change(cells) : cells), part].join(',')).join('\n')}\n`;
  const overrides: Record<string, ColumnSettings> = { t: { encode: 'target' }, n: { clip: ['p05', 'p95'] } };
  const fit = (content: string) =>
    fitText(content, { overrides, classWeights: 'balanced' }, { target: 'y', split: { by: 'column:part' } });
  const plain = await fit(text((cells) => cells));
  const changed = await fit(text(([, , , y]) => [-1e9, 'odd', '1999-12-31T23:00:00', y]));
  expect(plain.features.map(({ kind }) => kind)).toEqual(['numeric', 'target', 'date']);
  expect(JSON.stringify(changed)).toBe(JSON.stringify(plain));
});

test('rows in another order and another number of threads make the same recipe and the same channels, byte by byte', async () => {
  const random = randomFrom(9);
  const lines = Array.from({ length: 6000 }, () => {
    const level = Math.floor(random() ** 3 * 40);
    return `${random() * 1e3},${(random() - 0.5) * 10 ** Math.floor(random() * 9)},L${level},2026-01-${10 + (level % 20)},${level % 7 ? random() : random() * 3}`;
  });
  const prepare = (rows: readonly string[], threads: number) =>
    withRows(
      `a,b,c,d,y\n${rows.join('\n')}\n`,
      { split: { train: 0.7, test: 0.3 }, threads },
      async ({ dataset, target }) => {
        const overrides = { c: { encode: 'target' as const }, b: { log: true, impute: 'mean' as const } };
        const recipe = await fitRecipe(dataset, target, { overrides });
        const features = await compileRecipe(recipe, dataset, { train: true });
        const written: Uint8Array[] = [];
        const write = (bytes: Uint8Array) => void written.push(bytes);
        await writeChannels(dataset.engine, { features, channels: [{ split: 'train', what: 'labelled', write }] });
        await writeChannels(dataset.engine, { features, channels: [{ split: 'test', what: 'features', write }] });
        return { recipe: JSON.stringify(recipe), channels: Buffer.concat(written).toString('latin1') };
      },
    );
  const [first, second] = [await prepare(lines, 2), await prepare(lines.toReversed(), 1)];
  expect(second.recipe).toBe(first.recipe);
  expect(second.channels === first.channels).toBe(true);
  expect(first.channels.split('\n')).toHaveLength(6001);
});

test('for a fold what the others hold is learned, whatever the fold itself holds', async () => {
  const rows = Array.from({ length: 300 }, (_, row) => `${(row * row) % 17},${'xyz'[row % 3]},${(row % 7) / 2}`);
  await withRows(`n,t,y\n${rows.join('\n')}\n`, { split: { train: 0.7, test: 0.3, folds: 3 } }, async (prepared) => {
    const { dataset, target } = prepared;
    const { train } = inFold(1, 3);
    const recipe = await fitRecipe(dataset, target, { rows: train });
    const [own] = await dataset.engine.rows<{ mean: number; scale: number }>(
      `SELECT avg(c0) AS mean, stddev_pop(c0) AS scale FROM ${splitView} WHERE ${train}`,
    );
    expect(recipe.features[0]).toMatchObject({
      mean: Number(own?.mean.toPrecision(10)),
      scale: Number(own?.scale.toPrecision(10)),
    });
  });
});

describe('levels', () => {
  test('of more than a hundred the most frequent are kept, the others share a column', async () => {
    const cells = Array.from({ length: 1000 }, (_, row) => `L${row < 700 ? row % 100 : 100 + (row % 50)},${row}`);
    const recipe = await fitText(`c,y\n${cells.join('\n')}\n`);
    expect(recipe.outputs).toHaveLength(101);
    expect(recipe.outputs.at(-1)).toBe('c (other)');
    const at = (level: string) => applyRow(recipe, { c: level }).indexOf(1);
    expect([at('L0'), at('L149'), at('never seen'), at('')]).toEqual([0, 100, 100, -1]);
  });

  test('with a single train row are pooled', async () => {
    const recipe = await fitText('c,y\na,1\na,2\nb,3\nb,4\nlone,5\n');
    expect(recipe.outputs).toEqual(['c=a', 'c=b', 'c (other)']);
    await expect(fitText('c,y\na,1\nb,2\nc,3\n')).rejects.toThrow('none of its texts is in 2 train rows or more');
  });
});

test('a recipe is plain JSON', async () => {
  const recipe = await fitText(small);
  const read = recipeSchema.parse(JSON.parse(JSON.stringify(recipe)));
  expect(read).toEqual(recipe);
  const row = { size: 3.25, colour: 'red', city: null };
  expect(applyRow(read, row)).toEqual(applyRow(recipe, row));
});

test('a recipe of the first version is read on', () => {
  const old = {
    version: 1,
    target: { name: 'y', problem: 'regression', numeric: true, reason: '' },
    inputs: [
      { name: 'a', type: 'numeric' },
      { name: 'c', type: 'categorical' },
      { name: 'y', type: 'numeric' },
    ],
    features: [
      { column: 'a', kind: 'numeric', impute: 2, mean: 1, scale: 4, missing: true },
      { column: 'c', kind: 'categorical', levels: ['x'], other: true, missing: false },
    ],
    dropped: [],
    outputs: ['a', 'a (missing)', 'c=x', 'c (other)'],
  };
  expect([...applyRow(recipeSchema.parse(old), { a: null, c: 'z' })]).toEqual([0.25, 1, 0, 1]);
  expect(() => recipeSchema.parse({ ...old, version: 3 })).toThrow();
  expect(() => recipeSchema.parse({ ...old, version: 2 })).toThrow();
});

describe('columns that are not used', () => {
  const lines = Array.from(
    { length: 40 },
    (_, row) => `r${row},7,${(row * row) % 13},${row % 2 ? 'no' : 'si'},${row % 2}`,
  );
  const text = `id,fixed,x,copy,y\n${lines.join('\n')}\n`;
  const profile = {
    leaks: [{ column: 'copy', reason: 'one-to-one with the target "y"' }],
    ignored: [],
    notes: [
      { column: 'id', kind: 'idLike', message: 'it looks like an id or free text: 40 different texts in 40 rows' },
    ],
  };

  test('are listed with the reason', async () => {
    expect((await fitText(text, { profile })).dropped).toEqual([
      { column: 'id', reason: 'it looks like an id or free text: 40 different texts in 40 rows' },
      { column: 'fixed', reason: 'every train row has the same value' },
      { column: 'copy', reason: 'one-to-one with the target "y"' },
    ]);
  });

  test('can be kept, and others ignored', async () => {
    expect((await fitText(text, { profile, keep: ['copy'] })).outputs).toEqual(['x', 'copy=no', 'copy=si']);
    await expect(fitText(text, { profile, ignore: ['x'] })).rejects.toThrow(
      'file.csv has no column from which "y" could be predicted ("id": it looks like an id',
    );
    const ignoring = { ...profile, ignored: ['x'] };
    expect((await fitText(text, { profile: ignoring, keep: ['copy'] })).outputs).toEqual(['copy=no', 'copy=si']);
  });

  test('a row number is used when there is nothing else', async () => {
    const numbers = Array.from({ length: 30 }, (_, row) => `${row + 1},${Math.sqrt(row)}`);
    const known = { leaks: [], ignored: [], notes: [{ column: 'x', kind: 'idLike', message: 'it numbers the rows' }] };
    expect((await fitText(`x,y\n${numbers.join('\n')}\n`, { profile: known })).outputs).toEqual(['x']);
    const beside = numbers.map((line, row) => line.replace(',', `,${row % 7},`));
    expect((await fitText(`x,z,y\n${beside.join('\n')}\n`, { profile: known })).outputs).toEqual(['z']);
  });

  test('columns of very many features are refused before they fill the memory', async () => {
    const names = Array.from({ length: 200 }, (_, column) => `c${column}`);
    const wide = Array.from({ length: 240 }, (_, row) =>
      [...names.map((_, column) => `v${((row % 120) * (column + 1)) % 59}`), Math.sin(row)].join(','),
    );
    await expect(fitText(`${[...names, 'y'].join(',')}\n${wide.join('\n')}\n`)).rejects.toThrow(
      /The columns become \d{5} features \("c0": 59, .*\)\. Expected at most 10000/,
    );
  });

  test('must be columns of the file', async () => {
    await expect(fitText(text, { ignore: ['fixd'] })).rejects.toThrow(
      'data.ignore "fixd" is not a column of the file. Expected one of id, fixed, x, copy, y. Did you mean "fixed"?',
    );
    await expect(fitText(text, { keep: ['z'] })).rejects.toThrow('data.keep "z" is not a column');
    await expect(fitText(text, { ignore: ['y'] })).rejects.toThrow('data.ignore holds the target "y"');
    await expect(fitText(text, { overrides: { z: {} } })).rejects.toThrow('prepare.columns "z" is not a column');
    await expect(fitText(text, { overrides: { y: {} } })).rejects.toThrow('prepare.columns holds the target "y"');
    await expect(fitText(text, { overrides: { id: { log: true } } })).rejects.toThrow(
      'The settings of prepare.columns for "id" are for numbers, but the column holds text.',
    );
  });

  test.each(['1e300', '1e-310'])('numbers too large or too close together (±%s)', async (far) => {
    const recipe = await fitText(`x,far,y\n1,${far},0.1\n2,-${far},0.2\n3,${far},0.5\n`);
    expect(recipe.outputs).toEqual(['x']);
    expect(recipe.dropped[0]?.reason).toBe('its values are too large or too close together to be scaled');
  });
});

describe('settings of a column', () => {
  const ages = Array.from({ length: 101 }, (_, age) => `${age === 0 ? '' : age * age},${age}`);
  const text = `n,y\n${ages.join('\n')}\n`;
  const numeric = async (settings: ColumnSettings) => (await fitText(text, { overrides: { n: settings } })).features[0];

  test('say what fills a number, where it is cut, and how it is scaled', async () => {
    expect(await numeric({ impute: 'mean' })).toMatchObject({ impute: 3383.5, log: false });
    expect(await numeric({ impute: -1, scale: false })).toMatchObject({ impute: -1, mean: 0, scale: 1 });
    expect(await numeric({ clip: [100, 'p99'] })).toMatchObject({ clip: [100, 9802.990000000002] });
    const logs = ages.slice(1).map((_, place) => Math.log(1 + (place + 1) ** 2));
    const mean = logs.reduce((sum, value) => sum + value, 0) / 100;
    expect(await numeric({ log: true })).toMatchObject({ log: true, mean: Number(mean.toPrecision(10)) });
  });

  const grades = 'grade,y\nlow,1\nlow,2\nhigh,5\nhigh,6\nmid,3\nmid,4\nodd,3\n';

  test('order the levels of a text', async () => {
    const overrides = { grade: { encode: 'ordinal' as const, levels: ['low', 'mid', 'high'] } };
    const { recipe, features } = await fitAndApply(grades, { overrides });
    expect(recipe.outputs).toEqual(['grade', 'grade (other)']);
    expect(features.map(([value]) => value)).toEqual([0, 0, 1, 1, 0.5, 0.5, 0.5]);
    expect(features.map(([, other]) => other)).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });

  test('choose or limit the levels of a text', async () => {
    const outputs = async (settings: ColumnSettings) =>
      (await fitText(grades, { overrides: { grade: settings } })).outputs;
    expect(await outputs({ levels: ['odd', 'low'] })).toEqual(['grade=odd', 'grade=low', 'grade (other)']);
    expect(await outputs({ maxLevels: 2 })).toEqual(['grade=high', 'grade=low', 'grade (other)']);
  });

  test('make texts of numbers, as they are spelled', async () => {
    const zips = 'zip,y\n007,1\n007,2\n7,3\n7,4\n';
    const { recipe, features } = await fitAndApply(zips, { overrides: { zip: { type: 'categorical' } } });
    expect(recipe.outputs).toEqual(['zip=007', 'zip=7']);
    expect(features).toEqual([
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
    expect(recipe.inputs[0]).toEqual({ name: 'zip', type: 'categorical' });
    // A later file of numbers only matches them as numbers.
    const later = await withRows('zip,y\n8,1\n7,2\n9,3\n', {}, ({ dataset }) => featuresOf(recipe, dataset));
    expect(later).toEqual([
      [0, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  test('weigh the classes of the target', async () => {
    const rows = 'x,y\n1,a\n2,a\n3,a\n4,b\n5,b\n6,a\n';
    expect((await fitText(rows, { classWeights: 'balanced' })).classWeights).toEqual([0.75, 1.5]);
    expect(await fitText(rows)).not.toHaveProperty('classWeights');
  });
});

describe('dates', () => {
  test('are told from their texts and become the parts that vary', async () => {
    const text = 'at,y\n2026-01-31,1\n2026-02-01T06:30,2\n2026-03-02 18:00:00.5+02:00,3\n,4\n';
    const { recipe, features } = await fitAndApply(text);
    expect(recipe.outputs).toEqual([
      'at (month sin)',
      'at (month cos)',
      'at (day sin)',
      'at (day cos)',
      'at (weekday sin)',
      'at (weekday cos)',
      'at (hour sin)',
      'at (hour cos)',
      'at (epochDay)',
      'at (missing)',
    ]);
    expect(features[3]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(features[1]!.slice(0, 2)).toEqual([Math.sin(Math.PI / 6), Math.cos(Math.PI / 6)]);
    expect(features[1]!.slice(6, 8)).toEqual([1, Math.cos(Math.PI / 2)]);
    const days = [20484, 20485, 20514];
    expect(recipe.features[0]).toMatchObject({
      parts: expect.arrayContaining([
        expect.objectContaining({ part: 'epochDay', mean: Number((days.reduce((a, b) => a + b) / 3).toPrecision(10)) }),
      ]),
    });
    expect(() => applyRow(recipe, { at: '31.01.2026' })).toThrow('"31.01.2026" is not a date (column "at", the row)');
    expect(() => applyRow(recipe, { at: '2026-02-30' })).toThrow('"2026-02-30" is not a date');
    await withRows('at,y\n2026-01-31,1\nyesterday,2\n,3\n', {}, async ({ dataset }) => {
      await expect(compileRecipe(recipe, dataset, { train: false })).rejects.toThrow(
        '"yesterday" is not a date (column "at", file.csv, data row 2)',
      );
    });
  });

  test('in several forms stay texts, as does a day that there is not', async () => {
    const kinds = async (cells: readonly string[]) =>
      (await fitText(`d,x,y\n${cells.map((cell, row) => `${cell},${row},${row % 3}`).join('\n')}\n`)).features.map(
        ({ kind }) => kind,
      );
    expect(await kinds(['2026-01-01', '2026-01-01', '1.2.2026', '1.2.2026'])).toEqual(['categorical', 'numeric']);
    expect(await kinds(['2025-02-29', '2025-02-29', '2025-02-28', '2025-02-28'])).toEqual(['categorical', 'numeric']);
    expect(await kinds(['2024-02-29', '2024-02-29', '2024-02-28', '2024-02-28'])).toEqual(['date', 'numeric']);
  });

  test('must be dates where the pipeline says so', async () => {
    const text = 'd,y\n2026-01-01,1\n2026-02-30,2\nsoon,4\n';
    await expect(fitText(text, { overrides: { d: { encode: 'date' } } })).rejects.toThrow(
      '"2026-02-30" is not a date (column "d", file.csv, data row 2). Expected a date such as 2026-03-31',
    );
  });

  test('are no ids, though each is another', async () => {
    const days = Array.from({ length: 28 }, (_, day) => `2026-02-${String(day + 1).padStart(2, '0')},${day}`);
    const profile = {
      leaks: [],
      ignored: [],
      notes: [{ column: 'd', kind: 'idLike', message: 'it looks like an id' }],
    };
    const text = `d,y\n${days.join('\n')}\n`;
    expect((await fitText(text, { profile })).features[0]).toMatchObject({ kind: 'date' });
    const parts: ColumnSettings = { encode: 'date', parts: ['year', 'weekday'] };
    expect((await fitText(text, { profile, overrides: { d: parts } })).outputs).toEqual([
      'd (year)',
      'd (weekday sin)',
      'd (weekday cos)',
    ]);
  });
});

describe('target encoding', () => {
  const overrides = { c: { encode: 'target' as const, smoothing: 2, maxLevels: 1000 } };

  test('is the mean of the target, drawn to the mean of all', async () => {
    const rows = [
      ...Array(6).fill('a,1'),
      ...Array(2).fill('a,0'),
      ...Array(2).fill('b,1'),
      ...Array(6).fill('b,0'),
      ',0',
    ];
    const { recipe, features } = await fitAndApply(`c,y\n${rows.join('\n')}\n`, { overrides });
    const prior = Number((8 / 17).toFixed(10));
    const [a, b] = [6, 2].map((ones) => Number(((ones + 2 * prior) / 10).toFixed(10)));
    expect(recipe.outputs).toEqual(['c (target)', 'c (missing)']);
    expect([features[0], features[8], features[16]]).toEqual([
      [a, 0],
      [b, 0],
      [prior, 1],
    ]);
    expect([...applyRow(recipe, { c: 'new' })]).toEqual([prior, 0]);
  });

  test('has a column for each class but the first, and knows numbers by their deviation', async () => {
    const classes = await fitText(`c,y\n${'a,p\na,q\nb,q\nb,r\nb,r\na,p\n'.repeat(3)}`, { overrides });
    expect(classes.outputs).toEqual(['c (target q)', 'c (target r)']);
    const numbers = await fitText('c,y\na,2\na,2\nb,3\nb,3\n', {
      overrides: { c: { encode: 'target', smoothing: 0 } },
    });
    expect(numbers.features[0]).toMatchObject({ values: [[0], [1]], prior: [0.5] });
    const regression = await fitText('c,y\na,1\na,3\nb,7\nb,9\n', {
      overrides: { c: { encode: 'target', smoothing: 0 } },
    });
    const deviation = Math.sqrt(10);
    expect(regression.features[0]).toMatchObject({
      prior: [0],
      values: [[Number((-3 / deviation).toFixed(10))], [Number((3 / deviation).toFixed(10))]],
    });
  });

  test('tells a train row nothing of its own label', async () => {
    const random = randomFrom(3);
    const labels = Array.from({ length: 4000 }, () => (random() < 0.5 ? 1 : 0));
    // Two rows a level, told apart by a number, so that their hashes differ.
    const lines = labels.map((y, row) => `id${Math.floor(random() * 900)},${row},${y}`);
    await withRows(`c,x,y\n${lines.join('\n')}\n`, {}, async ({ dataset, target }) => {
      const recipe = await fitRecipe(dataset, target, { overrides, ignore: ['x'] });
      const naive = await featuresOf(recipe, dataset);
      const fair = await featuresOf(recipe, dataset, { train: true });
      const auc = (features: readonly number[][]) => {
        const [ones, zeros] = [1, 0].map((label) =>
          features.filter((_, row) => labels[row] === label).map(([value = 0]) => value),
        );
        let won = 0;
        for (const one of ones!) for (const zero of zeros!) won += one > zero ? 1 : one === zero ? 0.5 : 0;
        return won / ones!.length / zeros!.length;
      };
      expect(auc(naive)).toBeGreaterThan(0.65);
      expect(auc(fair)).toBeLessThan(0.53);
    });
  });
});

describe('one row of a request', () => {
  test('is prepared to the same numbers as the rows of a file, for every kind of feature', async () => {
    const random = randomFrom(21);
    const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)]!;
    const number = () =>
      pick([
        String((random() - 0.5) * 10 ** pick([-300, -9, 0, 3, 12, 200])),
        String(Math.floor(random() * 90)),
        '-0',
        '1e3',
        '007',
        ' 4.50',
        '1_000',
        '?',
        '',
      ]);
    const near = () => (random() < 0.1 ? '' : String(random() * 1e4));
    const texts = ['red', 'a b', "o'clock", 'é€😀', 'e\u0301', '7', '07', 'true', '', 'NaN', '\\n', '%', 'A', 'a'];
    const two = (n: number) => String(n).padStart(2, '0');
    const date = () =>
      pick([
        '',
        `${pick(['0001', '0099', '1969', '1970', '2024', '9999'])}-${two(1 + Math.floor(random() * 12))}-${two(1 + Math.floor(random() * 28))}`,
        `2026-${two(1 + Math.floor(random() * 12))}-${two(1 + Math.floor(random() * 28))}T${two(Math.floor(random() * 24))}:${two(Math.floor(random() * 60))}${pick(['', ':59', ':00.125', 'Z', '+05:30'])}`,
      ]);
    const cells = Array.from({ length: 100_000 }, (_, row) => [
      number(),
      near(),
      near(),
      pick(texts),
      row % 997 === 0 ? `rare ${row}` : pick(texts),
      pick(texts),
      date(),
      String(row % 3),
    ]);
    const overrides: Record<string, ColumnSettings> = {
      logged: { log: true, clip: ['p05', 9000] },
      clipped: { clip: ['p01', 'p99'], impute: 'mean' },
      ordered: { encode: 'ordinal', levels: ['A', 'a', '7', 'é€😀'] },
      encoded: { encode: 'target' },
      when: { parts: ['year', 'month', 'day', 'weekday', 'hour', 'epochDay'] },
    };
    const names = ['wild', 'logged', 'clipped', 'plain', 'ordered', 'encoded', 'when', 'y'];
    const text = `${names.join(',')}\n${cells.map((row) => row.join(',')).join('\n')}\n`;
    await withRows(text, { split: { train: 0.7, test: 0.3 } }, async ({ dataset, target }) => {
      const recipe = recipeSchema.parse(JSON.parse(JSON.stringify(await fitRecipe(dataset, target, { overrides }))));
      expect(recipe.dropped).toEqual([]);
      const expected = await featuresOf(recipe, dataset);
      let worst = 0;
      cells.forEach((row, place) => {
        const features = applyRow(recipe, row);
        if (features.length !== expected[place]!.length) throw new Error('Widths differ');
        for (let at = 0; at < features.length; at++) {
          const [value, other] = [features[at]!, expected[place]![at]!];
          worst = Math.max(worst, Math.abs(value - other) / Math.max(1, Math.abs(other)));
        }
      });
      expect(worst).toBeLessThan(1e-12);
    });
  });

  test('may come as JSON values, texts or cells, with or without the target', async () => {
    const recipe = await fitText(small);
    const [first, ...others] = [
      { size: 1e3, colour: 'red', city: null },
      { size: ' 1_000 ', colour: ' red', city: '?' },
      [1000, 'red', null],
      ['1000', 'red', '', 4],
      { size: 1000, colour: 'red', city: undefined, y: 0 },
    ].map((row) => [...applyRow(recipe, row)]);
    for (const other of others) expect(other).toEqual(first);
  });

  test('of a file read again with readingFor() keeps the spelling of codes', async () => {
    const recipe = await fitText('zip,n,y\n01234,1,0\n007,5,1\nK1,3,0\n007,2,1\n01234,4,0\nK1,9,1\n');
    const { textColumns, columns, mayLack } = readingFor(recipe);
    expect({ columns, mayLack }).toEqual({ columns: ['zip', 'n', 'y'], mayLack: 'y' });
    const [first] = await withRows('zip,n,y\n007,5,0\n01234,7,1\n1234,7,1\n007,7,0\n', { textColumns }, ({ dataset }) =>
      featuresOf(recipe, dataset),
    );
    expect(first).toEqual([...applyRow(recipe, { zip: '007', n: 5 })]);
  });

  test('takes a boolean for a text in any usual spelling', async () => {
    const recipe = await fitText('f,x,y\nTrue,1,2\nFalse,2,4\nTrue,3,1\nFalse,3,1\n');
    expect(recipe.outputs.slice(0, 2)).toEqual(['f=False', 'f=True']);
    expect([...applyRow(recipe, { f: true, x: 1 })].slice(0, 2)).toEqual([0, 1]);
    expect([...applyRow(recipe, { f: false, x: 1 })].slice(0, 2)).toEqual([1, 0]);
  });

  test.each<[RawRow, string]>([
    [
      { size: 1, colour: 'red' },
      'The row has no "city". Expected a value for size, colour, city. Send null for a value that is not known.',
    ],
    [
      { size: 1, color: 'red', city: 'x' },
      'the key "color" is not a column of the file. Expected one of size, colour, city, y. Did you mean "colour"?',
    ],
    [
      { size: 'big', colour: 'red', city: 'x' },
      '"big" is not a finite number (column "size", the row). Expected a number',
    ],
    [{ size: Infinity, colour: 'red', city: 'x' }, '"Infinity" is not a finite number'],
    [{ size: true, colour: 'red', city: 'x' }, '"true" is not a finite number'],
    [{ size: [1], colour: 'red', city: 'x' }, 'A list is not a value (column "size")'],
    [{ size: 1, colour: {}, city: 'x' }, 'An object is not a value (column "colour")'],
    [[1, 'red'], 'The row has 2 cells. Expected 3 cells: size, colour, city'],
    [[1, 'red', 'x', 1, 1], 'The row has 5 cells.'],
    [JSON.parse('{"__proto__": 1, "size": 1, "colour": "red", "city": "x"}'), 'the key "__proto__" is not a column'],
  ])('%j is refused', async (row, message) => {
    const recipe = await fitText(small);
    expect(() => applyRow(recipe, row)).toThrow(message);
  });
});

describe('a file that does not fit the recipe is refused', () => {
  test.each([
    [
      'size,city\n1,x\n2,y\n3,x\n4,y\n',
      'file.csv has no column "colour". Expected the columns of the training file; it has size, city',
    ],
    [
      'size,colour,city\n1,red,x\nbig,red,y\n3,red,x\n,red,y\n',
      '"big" is not a finite number (column "size", file.csv, data row 2)',
    ],
  ])('%j', async (text, message) => {
    const recipe = await fitText(small);
    await withRows(text, { target: 'city', split: { by: 'random' } }, async ({ dataset }) => {
      await expect(compileRecipe(recipe, dataset, { train: false })).rejects.toThrow(message);
    });
  });
});

describe('answers', () => {
  const target = (problem: 'binary' | 'multiclass' | 'regression', classes?: string[], numeric = false) => ({
    target: { name: 'y', problem, classes, numeric, reason: '' },
  });

  test('are told in the words of the file', () => {
    expect(labelOf(target('binary', ['<=50K', '>50K']), 0.7)).toBe('>50K');
    expect(labelOf(target('binary', ['<=50K', '>50K']), 0.7, 0.8)).toBe('<=50K');
    expect(labelOf(target('binary', ['0', '1'], true), 0.2)).toBe(0);
    expect(labelOf(target('multiclass', ['a', 'b', 'c']), [0.2, 0.5, 0.3])).toBe('b');
    expect(labelOf(target('regression', undefined, true), 22.5)).toBe(22.5);
  });

  test('come with their probabilities', () => {
    expect(predictionOf(target('regression'), 3)).toEqual({ prediction: 3 });
    expect(predictionOf(target('binary', ['no', 'yes']), 0.2)).toEqual({ prediction: 'no', probability: 0.2 });
    expect(predictionOf(target('multiclass', ['a', 'b', 'c']), [0.2, 0.5, 0.3])).toEqual({
      prediction: 'b',
      probability: 0.5,
      probabilities: { a: 0.2, b: 0.5, c: 0.3 },
    });
  });
});

testShared('the real files are prepared', async () => {
  const prepared = (name: string) => {
    const text = sharedBytes(name).toString();
    const parts = { train: 0.7, validation: 0.15, test: 0.15, by: undefined };
    return withRows(text, { split: parts }, async ({ dataset, target }) => {
      const profile = await profileDataset(dataset, { target });
      const recipe = await fitRecipe(dataset, target, { profile });
      const features = await featuresOf(recipe, dataset);
      expect(features.every((row) => row.length === recipe.outputs.length && row.every(Number.isFinite))).toBe(true);
      return recipe.outputs.length;
    });
  };
  expect(await prepared('boston-housing.csv')).toBe(13);
  expect(await prepared('adult_census_clean.csv')).toBe(14);
  expect(await prepared('adult.data')).toBeGreaterThan(90);
});
