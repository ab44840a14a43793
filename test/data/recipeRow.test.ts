/** One row of a prediction request, and the way back from what a model answers. */
import { describe, expect, test } from '@jest/globals';
import {
  applyRow,
  fitRecipe,
  labelOf,
  predictionOf,
  readingFor,
  recipeSchema,
  type RawRow,
} from '../../data/recipe.ts';
import { type ColumnSettings } from '../../spec/columnSettings.ts';
import { randomFrom } from '../fixtures/dataset.ts';
import { withRows } from './datasets.ts';
import { fitText, featuresOf, small } from './recipes.ts';

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
