import { expect, test } from '@jest/globals';
import { groupValues, profileDataset } from '../../data/profile.ts';
import { compileRecipe, fitRecipe } from '../../data/recipe.ts';
import { inSplit, split } from '../../data/split.ts';
import { describeTarget } from '../../data/target.ts';
import { datasetOf, randomFrom } from '../fixtures/dataset.ts';
import { featuresOf } from './recipes.ts';

const targets = {
  'of two classes': (x: number) => (x > 0.5 ? 'yes' : 'no'),
  'of three classes': (x: number) => ['red', 'green', 'blue'][Math.floor(3 * x)]!,
  'that is a number': (x: number) => (10 * x - 3).toFixed(6),
} as const;

/** More columns than are grouped in one pass; missing cells, rare texts, a constant and a column that leaks. */
const fileOf = (targetOf: (x: number) => string, columns = { numbers: 40, texts: 35 }) => {
  const random = randomFrom(11);
  const numbers = Array.from({ length: columns.numbers }, (_, place) => `n${place}`);
  const texts = Array.from({ length: columns.texts }, (_, place) => `t${place}`);
  const rows = Array.from({ length: 600 }, (_, row) => {
    const x = random();
    const y = targetOf(x);
    const cells = [
      ...numbers.map((_, place) => (random() < 0.1 ? '' : String(Math.round(random() * 10 ** (place % 4))))),
      ...texts.map((_, place) => (random() < 0.1 ? '' : `v${Math.floor(random() ** 2 * (2 + 4 * place))}`)),
      'same',
      `of ${y}`,
      row % 7 === 0 ? 'NA' : (x + 0.3 * random()).toFixed(3),
    ];
    return [...cells, y].join(',');
  });
  return `${[...numbers, ...texts, 'constant', 'copy', 'near', 'y'].join(',')}\n${rows.join('\n')}\n`;
};

test.each(Object.entries(targets))(
  'values grouped once give the profile and the recipe that each would have grouped for itself: a target %s',
  async (_, targetOf) => {
    const dataset = await datasetOf(fileOf(targetOf));
    const target = await describeTarget(dataset, { target: 'y' });
    await split(dataset, { train: 0.7, validation: 0.15, test: 0.15, seed: 3, target });
    const values = await groupValues(dataset, target, inSplit('train'));
    if (!values) throw new Error('So few columns are grouped at once');
    const profile = await profileDataset(dataset, { target, values });
    expect(profile).toEqual(await profileDataset(dataset, { target }));
    const recipe = await fitRecipe(dataset, target, { profile, values });
    expect(recipe).toEqual(await fitRecipe(dataset, target, { profile }));
    expect(recipe.features.length).toBeGreaterThan(70);
    await values.drop();
  },
);

test.each([
  ['texts', (row: number) => `${'abc'[row % 3]},${'uvw'[(row % 7) % 3]}`],
  ['numbers', (row: number) => `${row % 5},${row % 3}`],
])('all columns may be %s, the target of three classes too', async (_, cells) => {
  const text = `x,y\n${Array.from({ length: 90 }, (_, row) => `${cells(row)}\n`).join('')}`;
  const dataset = await datasetOf(text);
  const target = await describeTarget(dataset, { target: 'y', problem: 'multiclass' });
  await split(dataset, { train: 0.7, validation: 0.15, test: 0.15, seed: 3, target });
  const values = await groupValues(dataset, target, inSplit('train'));
  const profile = await profileDataset(dataset, { target, values });
  expect(profile).toEqual(await profileDataset(dataset, { target }));
  expect((await fitRecipe(dataset, target, { profile, values })).features).toHaveLength(1);
  await values?.drop();
});

test.each(Object.entries(targets))(
  'columns of about as many values as rows are told the same row by row: a target %s',
  async (_, targetOf) => {
    const told = async (continuousFrom: number) => {
      const dataset = await datasetOf(fileOf(targetOf, { numbers: 12, texts: 2 }), { continuousFrom });
      const target = await describeTarget(dataset, { target: 'y' });
      await split(dataset, { train: 0.7, validation: 0.15, test: 0.15, seed: 3, target });
      const values = await groupValues(dataset, target, inSplit('train'));
      const profile = await profileDataset(dataset, { target, values });
      expect(await profileDataset(dataset, { target })).toEqual(profile);
      const recipe = await fitRecipe(dataset, target, { profile, values });
      expect(await fitRecipe(dataset, target, { profile })).toEqual(recipe);
      const few = await values?.few(profile);
      await values?.drop();
      const rows = await featuresOf(recipe, dataset, { few });
      return { profile, recipe, rows, continuous: dataset.columns.filter(({ continuous }) => continuous).length };
    };
    const [byValue, byRow] = [await told(Infinity), await told(0)];
    expect(byRow).toEqual({ ...byValue, continuous: byRow.continuous });
    expect(byValue.continuous).toBe(0);
    // Values that several rows share, and missing cells, are in each of them.
    expect(byRow.continuous).toBeGreaterThan(3);
  },
);

test('a recipe of other rows does not take the values that were grouped', async () => {
  const dataset = await datasetOf(fileOf(targets['of two classes']));
  const target = await describeTarget(dataset, { target: 'y' });
  await split(dataset, { train: 0.7, validation: 0.15, test: 0.15, seed: 3, target });
  const values = await groupValues(dataset, target, inSplit('train'));
  const rows = inSplit('validation');
  expect(await fitRecipe(dataset, target, { values, rows })).toEqual(await fitRecipe(dataset, target, { rows }));
});

test('numbers of few values become the same features, looked up instead of computed', async () => {
  const dataset = await datasetOf(fileOf(targets['of three classes']));
  const target = await describeTarget(dataset, { target: 'y' });
  await split(dataset, { train: 0.7, validation: 0.15, test: 0.15, seed: 3, target });
  const values = await groupValues(dataset, target, inSplit('train'));
  const profile = await profileDataset(dataset, { target, values });
  const few = await values!.few(profile);
  const overrides = { n1: { log: true }, n2: { clip: ['p05', 20] as [string, number] }, n5: { scale: false } };
  const recipe = await fitRecipe(dataset, target, { profile, values, overrides });
  const looked = await compileRecipe(recipe, dataset, { few });
  const numbers = (features: typeof looked) => features.filter(({ kind }) => kind === 'number').length;
  // Those that are from 0 to 1000, and the one with a decimal point.
  expect(numbers(await compileRecipe(recipe, dataset)) - numbers(looked)).toBe(30);
  const [found, computed] = [await featuresOf(recipe, dataset, { few }), await featuresOf(recipe, dataset)];
  const off = found.flatMap((row, at) => row.map((value, place) => Math.abs(value - computed[at]![place]!)));
  expect(off).toHaveLength(600 * recipe.outputs.length);
  expect(off.filter((it) => !(it < 1e-12))).toEqual([]);
});
