/** What is learned from the train rows, and what queries make of it. */
import { describe, expect, test } from '@jest/globals';
import { writeChannels } from '../../data/channels.ts';
import { profileDataset } from '../../data/profile.ts';
import { applyRow, compileRecipe, fitRecipe, recipeSchema } from '../../data/recipe.ts';
import { inFold, inSplit, splitView } from '../../data/split.ts';
import { type ColumnSettings } from '../../spec/columnSettings.ts';
import { randomFrom, sharedBytes, testShared } from '../fixtures/dataset.ts';
import { withRows } from './datasets.ts';
import { fitText, featuresOf, fitAndApply, small } from './recipes.ts';

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
        const features = await compileRecipe(recipe, dataset, { fittedOn: inSplit('train') });
        const written: Uint8Array[] = [];
        const write = (bytes: Uint8Array) => void written.push(Buffer.from(bytes));
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
      await expect(compileRecipe(recipe, dataset)).rejects.toThrow(message);
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
