import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { describeTarget } from '../../data/infer.ts';
import { profileTable } from '../../data/profile.ts';
import {
  applyRecipe,
  applyRow,
  fitRecipe,
  labelOf,
  predictionOf,
  type RawRow,
  readingFor,
  recipeSchema,
} from '../../data/recipe.ts';
import { split } from '../../data/split.ts';
import { allRows, type Table, textAt } from '../../data/table.ts';
import { randomFrom, shared, tableOf, testShared } from './sources.ts';

const fitAll = (table: Table, options: Partial<Parameters<typeof fitRecipe>[2]> = {}) =>
  fitRecipe(table, allRows(table.rows), { target: describeTarget(table), ...options });

/** One row of a matrix. */
const rowOf = ({ features, width }: ReturnType<typeof applyRecipe>, row: number) =>
  features.slice(row * width, (row + 1) * width);

const small = 'size,colour,city,y\n1,red,,0.5\n2,blue,x,1.5\n,red,x,2.5\n9,,y,4.5\n';

test('numbers are filled, standardised and marked where missing; texts become one column per level', async () => {
  const table = await tableOf(small);
  const recipe = fitAll(table);
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
  expect(recipe.features[0]).toMatchObject({ impute: 2, mean: 4, missing: true });
  const scale = Math.sqrt((9 + 4 + 25) / 3);
  const matrix = applyRecipe(recipe, table);
  const { width, rows, labels } = matrix;
  expect({ width, rows }).toEqual({ width: 8, rows: 4 });
  expect([0, 1, 2, 3].map((row) => Array.from(rowOf(matrix, row)))).toEqual([
    [(1 - 4) / scale, 0, 0, 1, 0, 0, 0, 1],
    [(2 - 4) / scale, 0, 1, 0, 0, 1, 0, 0],
    [(2 - 4) / scale, 1, 0, 1, 0, 1, 0, 0],
    [(9 - 4) / scale, 0, 0, 0, 1, 0, 1, 0],
  ]);
  expect([...labels]).toEqual([0.5, 1.5, 2.5, 4.5]);
});

test('only the train rows are learned from', async () => {
  const table = await tableOf(small);
  const recipe = fitRecipe(table, Int32Array.of(0, 1), { target: describeTarget(table) });
  expect(recipe.features).toEqual([
    { column: 'size', kind: 'numeric', impute: 1.5, mean: 1.5, scale: 0.5, missing: false },
    { column: 'colour', kind: 'categorical', levels: ['blue', 'red'], other: false, missing: false },
    { column: 'city', kind: 'categorical', levels: ['x'], other: false, missing: true },
  ]);
  // Rows 2 and 3 hold what train did not: a missing size is the median, a missing colour and the city y are all zeros.
  expect([...rowOf(applyRecipe(recipe, table), 2)]).toEqual([0, 0, 1, 1, 0]);
  expect([...rowOf(applyRecipe(recipe, table), 3)]).toEqual([15, 0, 0, 0, 0]);
});

test('of more than a hundred levels the most frequent are kept, the others share a column', async () => {
  const cells = Array.from({ length: 1000 }, (_, row) => `L${row < 700 ? row % 100 : 100 + (row % 50)},${row}`);
  const recipe = fitAll(await tableOf(`c,y\n${cells.join('\n')}\n`));
  expect(recipe.outputs).toHaveLength(101);
  expect(recipe.outputs.at(-1)).toBe('c (other)');
  const at = (level: string) => applyRow(recipe, { c: level }).indexOf(1);
  expect([at('L0'), at('L149'), at('never seen'), at('')]).toEqual([0, 100, 100, -1]);
});

test('a recipe is plain JSON', async () => {
  const recipe = fitAll(await tableOf(small));
  const read = recipeSchema.parse(JSON.parse(JSON.stringify(recipe)));
  expect(read).toEqual(recipe);
  const row = { size: 3.25, colour: 'red', city: null };
  expect(applyRow(read, row)).toEqual(applyRow(recipe, row));
});

test('what the train rows teach does not depend on their order', async () => {
  const random = randomFrom(9);
  const rows = Array.from({ length: 500 }, () => `${random() * 1e3},${'xyz'[Math.floor(random() * 3)]},${random()}`);
  const [first, second] = await Promise.all(
    [rows, rows.toReversed()].map((lines) => tableOf(`a,b,y\n${lines.join('\n')}\n`)),
  );
  expect(fitAll(first!)).toEqual(fitAll(second!));
});

describe('columns that are not used', () => {
  const text = `id,fixed,x,copy,y\n${Array.from({ length: 40 }, (_, row) => `r${row},7,${(row * row) % 13},${row % 2 ? 'no' : 'si'},${row % 2}`).join('\n')}\n`;

  test('are listed with the reason', async () => {
    expect(fitAll(await tableOf(text)).dropped).toEqual([
      { column: 'id', reason: 'it looks like an id or free text: 40 different texts in 40 rows' },
      { column: 'fixed', reason: 'every train row has the same value' },
      { column: 'copy', reason: 'one-to-one with the target "y": "si" is always "0", "no" is always "1"' },
    ]);
  });

  test('can be kept, and others ignored', async () => {
    const table = await tableOf(text);
    expect(fitAll(table, { keep: ['copy'] }).outputs).toEqual(['x', 'copy=no', 'copy=si']);
    expect(() => fitAll(table, { ignore: ['x'] })).toThrow(
      'file.csv has no column from which "y" could be predicted ("id": it looks like an id',
    );
    const profile = profileTable(table, { target: describeTarget(table), ignore: ['x'] });
    expect(fitAll(table, { profile, keep: ['copy'] }).outputs).toEqual(['copy=no', 'copy=si']);
  });

  test('a row number is used when there is nothing else', async () => {
    const lines = Array.from({ length: 30 }, (_, row) => `${row + 1},${Math.sqrt(row)}`);
    expect(fitAll(await tableOf(`x,y\n${lines.join('\n')}\n`)).outputs).toEqual(['x']);
    expect(
      fitAll(await tableOf(`x,z,y\n${lines.map((line, row) => line.replace(',', `,${row % 7},`)).join('\n')}\n`))
        .outputs,
    ).toEqual(['z']);
  });

  test('columns of very many features are refused before they fill the memory', async () => {
    const names = Array.from({ length: 200 }, (_, column) => `c${column}`);
    const lines = Array.from({ length: 120 }, (_, row) =>
      [...names.map((_, column) => `v${(row * (column + 1)) % 59}`), Math.sin(row)].join(','),
    );
    const table = await tableOf(`${[...names, 'y'].join(',')}\n${lines.join('\n')}\n`);
    expect(() => fitAll(table)).toThrow(/The columns become \d{5} features \("c0": 59, .*\)\. Expected at most 10000/);
  });

  test('must be columns of the file', async () => {
    const table = await tableOf(text);
    expect(() => fitAll(table, { ignore: ['fixd'] })).toThrow(
      'data.ignore "fixd" is not a column of the file. Expected one of id, fixed, x, copy, y. Did you mean "fixed"?',
    );
    expect(() => fitAll(table, { keep: ['z'] })).toThrow('data.keep "z" is not a column');
    expect(() => fitAll(table, { ignore: ['y'] })).toThrow('data.ignore holds the target "y"');
  });
});

describe('one row of a request', () => {
  test('is prepared to the same bits as the rows of the file, as JSON values and as cells', async () => {
    const random = randomFrom(21);
    const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)]!;
    for (let round = 0; round < 15; round++) {
      const spelled = () =>
        pick([
          String(random() * 10 ** pick([-9, 0, 3, 12])),
          String(Math.floor(random() * 90)),
          '-0',
          '1e3',
          '007',
          ' 4.50',
          '?',
          '',
        ]);
      const lines = Array.from({ length: 60 }, () =>
        [
          spelled(),
          pick(['red', '" a, ""b"" "', 'é€😀', '7', '07', '', 'NaN']),
          pick(['true', 'false']),
          spelled(),
          random(),
        ].join(','),
      );
      const table = await tableOf(`n,t,flag,m,y\n${lines.join('\n')}\n`, { header: true });
      const recipe = recipeSchema.parse(JSON.parse(JSON.stringify(fitAll(table, { keep: ['t'] }))));
      const matrix = applyRecipe(recipe, table);
      for (let row = 0; row < table.rows; row++) {
        const expected = rowOf(matrix, row);
        const texts = table.columns.map((column) => textAt(column, row) ?? null);
        const values = table.columns.map((column, index) =>
          column.type === 'numeric' ? (column.values[row] ?? null) : texts[index]!,
        );
        const object = (cells: readonly unknown[]) =>
          Object.fromEntries(table.columns.map(({ name }, index) => [name, cells[index]]));
        const json = z.record(z.string(), z.unknown()).parse(JSON.parse(JSON.stringify(object(values))));
        for (const given of [
          json,
          object(texts),
          texts,
          texts.slice(0, -1),
          { ...json, flag: json['flag'] === 'true' },
        ])
          expect(Buffer.from(applyRow(recipe, given).buffer)).toEqual(Buffer.from(expected.buffer));
      }
    }
  });

  test('of a file read again with readingFor() keeps the spelling of codes', async () => {
    const train = await tableOf('zip,n,y\n01234,1,0\n007,5,1\nK1,3,0\n007,2,1\n01234,4,0\nK1,9,1\n');
    const recipe = fitAll(train);
    const rows = await tableOf('007,5\n01234,7\n', readingFor(recipe));
    expect(applyRecipe(recipe, rows).features.slice(0, 3)).toEqual(applyRow(recipe, { zip: '007', n: 5 }).slice(0, 3));
    expect(applyRecipe(recipe, rows).labels).toHaveLength(0);
  });

  test('takes a boolean for a text in any usual spelling', async () => {
    const recipe = fitAll(await tableOf('f,x,y\nTrue,1,2\nFalse,2,4\nTrue,3,1\n'));
    expect(recipe.outputs.slice(0, 2)).toEqual(['f=False', 'f=True']);
    expect(Array.from(applyRow(recipe, { f: true, x: 1 }).slice(0, 2))).toEqual([0, 1]);
    expect(Array.from(applyRow(recipe, { f: false, x: 1 }).slice(0, 2))).toEqual([1, 0]);
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
    const recipe = fitAll(await tableOf(small));
    expect(() => applyRow(recipe, row)).toThrow(message);
  });
});

describe('a table that does not fit the recipe is refused', () => {
  test.each([
    [
      'size,city\n1,x\n',
      'file.csv has no column "colour". Expected the columns of the training file; it has size, city',
    ],
    ['size,colour,city\n1,red,x\nbig,red,x\n', '"big" is not a finite number (column "size", file.csv, data row 2)'],
  ])('%j', async (text, message) => {
    const recipe = fitAll(await tableOf(small));
    const other = await tableOf(text);
    expect(() => applyRecipe(recipe, other)).toThrow(message);
  });

  test('but a class that it does not know is only a label that is not known', async () => {
    const train = await tableOf('x,y\n1,a\n2,b\n3,a\n4,b\n');
    const { labels } = applyRecipe(fitAll(train), await tableOf('x,y\n1,b\n2,c\n3,\n', { header: true }));
    expect([...labels]).toEqual([1, Number.NaN, Number.NaN]);
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
  const prepared = async (name: string) => {
    const table = await shared(name);
    const target = describeTarget(table);
    const { train, test } = split(table, { train: 0.7, validation: 0.15, test: 0.15, seed: 7, target });
    const recipe = fitRecipe(table, train, { target });
    const { features, width } = applyRecipe(recipe, table, test);
    expect(features.every(Number.isFinite)).toBe(true);
    return width;
  };
  expect(await prepared('boston-housing.csv')).toBe(13);
  expect(await prepared('adult_census_clean.csv')).toBe(14);
  expect(await prepared('adult.data')).toBeGreaterThan(100);
});
