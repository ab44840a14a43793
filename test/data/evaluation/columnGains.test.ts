import { expect, test } from '@jest/globals';
import { columnGains } from '../../../data/evaluation/columnGains.ts';
import { fitRecipe } from '../../../data/recipe.ts';
import { withRows } from '../datasets.ts';

const rows = Array.from({ length: 60 }, (_, row) => [
  String((row * 7) % 31),
  ['red', 'green', 'blue'][row % 3],
  row % 5 === 0 ? '' : String((row * 13) % 17),
  String(row % 2),
]);
const csv = [['size', 'colour', 'weight', 'target'], ...rows].map((cells) => `${cells.join(',')}\n`).join('');

test('the features that a column became are added up under its name, the largest gain first', async () => {
  await withRows(csv, {}, async ({ dataset, target }) => {
    const recipe = await fitRecipe(dataset, target);
    const place = (output: string) => recipe.outputs.indexOf(output);
    const gains = new Map([
      [place('weight (missing)'), { gain: 1, splits: 1 }],
      [place('colour=red'), { gain: 20, splits: 2 }],
      [place('colour=blue'), { gain: 5, splits: 1 }],
      [place('weight'), { gain: 30, splits: 4 }],
    ]);
    expect(columnGains(gains, recipe)).toEqual([
      { feature: 'weight', gain: 31, splits: 5 },
      { feature: 'colour', gain: 25, splits: 3 },
    ]);
    expect(() => columnGains(new Map([[recipe.outputs.length, { gain: 1, splits: 1 }]]), recipe)).toThrow(RangeError);
  });
});
