/** Thousands of columns: read, described and prepared like few, or refused where they do not fit into memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeChannels } from '../../data/channels.ts';
import { openDataset } from '../../data/dataset.ts';
import { mostInFile } from '../../data/dataset/store.ts';
import { openEngine } from '../../data/engine.ts';
import { profileDataset } from '../../data/profile.ts';
import { compileRecipe, fitRecipe } from '../../data/recipe.ts';
import { sliceBy } from '../../data/sliceColumns.ts';
import { streamOf } from '../fixtures/dataset.ts';
import { withRows } from './datasets.ts';

const width = mostInFile + 100;

/** Numbers, texts of three levels in every tenth column, and last the target. */
const wideText = (rows: number) =>
  [
    [...Array.from({ length: width - 1 }, (_, place) => `column${place}`), 'target'],
    ...Array.from({ length: rows }, (_, row) => [
      ...Array.from({ length: width - 1 }, (_, place) =>
        place % 10 === 0 ? `level${(row + place) % 3}` : String((row * (place + 7)) % 101),
      ),
      row % 2 === 0 ? 'yes' : 'no',
    ]),
  ]
    .map((cells) => `${cells.join(',')}\n`)
    .join('');

test('a file of more columns than go into one Parquet file is prepared', async () => {
  await withRows(wideText(40), {}, async ({ dataset, target }) => {
    const { engine, columns } = dataset;
    expect(columns).toHaveLength(width);
    expect(columns.filter(({ type }) => type === 'categorical')).toHaveLength(Math.ceil((width - 1) / 10) + 1);
    const profile = await profileDataset(dataset, { target });
    expect(profile.columns[10]).toMatchObject({ name: 'column10', type: 'categorical', distinct: 3 });
    const { columns: slices } = await sliceBy(dataset, { asked: [], ignore: ['target'], profile });
    expect(slices.map(({ column }) => column)).toEqual(Array.from({ length: 8 }, (_, place) => `column${place * 10}`));
    const recipe = await fitRecipe(dataset, target, { profile });
    const features = await compileRecipe(recipe, dataset, { fittedOn: 'true' });
    let text = '';
    await writeChannels(engine, {
      features,
      channels: [{ split: 'train', what: 'labelled', write: (bytes) => void (text += Buffer.from(bytes).toString()) }],
    });
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(40);
    expect(lines[0]?.split(',')).toHaveLength(recipe.outputs.length + 1);
  });
});

test('so many columns that do not fit into memory are refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-wide-'));
  const engine = await openEngine({ folder, memoryBytes: 24 * 2 ** 20, threads: 1 });
  try {
    const source = { name: 'file.csv', open: () => Promise.resolve(streamOf(wideText(40))) };
    await expect(openDataset(engine, [source])).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining(`file.csv has ${width} columns and too many rows for them`) as unknown,
    });
  } finally {
    engine.close();
    await rm(folder, { recursive: true, force: true });
  }
});
