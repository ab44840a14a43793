/** Features that take more than one cell's value: the parts of dates, and target encoding. */
import { describe, expect, test } from '@jest/globals';
import { applyRow, compileRecipe, fitRecipe } from '../../data/recipe.ts';
import { type ColumnSettings } from '../../spec/columnSettings.ts';
import { randomFrom } from '../fixtures/dataset.ts';
import { withRows } from './datasets.ts';
import { fitText, featuresOf, fitAndApply } from './recipes.ts';

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
      await expect(compileRecipe(recipe, dataset)).rejects.toThrow(
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
      const fair = await featuresOf(recipe, dataset, { fittedOn: 'true' });
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
