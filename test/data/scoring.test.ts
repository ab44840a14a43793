/** Rows for scoring: which of them can be scored, how they are prepared, and how they come back. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { csvRow } from '../../data/csvRow.ts';
import { openDataset, rowsView, type DatasetOptions } from '../../data/dataset.ts';
import { openEngine, type Engine } from '../../data/engine.ts';
import { applyRow, readingFor, type Recipe } from '../../data/recipe.ts';
import { addedColumns, scoredCells } from '../../data/scoredRows.ts';
import { openScorable, type Rejected } from '../../data/scoring.ts';
import { spellRow } from '../../data/spell.ts';
import { streamOf } from '../fixtures/dataset.ts';
import { fitText } from './recipes.ts';

const training = `when,size,colour,y\n${Array.from({ length: 60 }, (_, i) => `2026-0${1 + (i % 9)}-1${i % 7},${i % 11},${['red', 'blue'][i % 2]},${i % 5}`).join('\n')}\n`;

const withEngine = async <Result>(use: (engine: Engine) => Promise<Result>) => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-scoring-'));
  const engine = await openEngine({ folder, memoryBytes: 2 ** 28, threads: 2 });
  try {
    return await use(engine);
  } finally {
    engine.close();
    await rm(folder, { recursive: true, force: true });
  }
};

const open = (engine: Engine, text: string, options: DatasetOptions) =>
  openDataset(engine, [{ name: 'new.csv', open: () => Promise.resolve(streamOf(text)) }], options);

/** What would be sent to the model, and what would not. */
const scorableOf = (recipe: Recipe, text: string) =>
  withEngine(async (engine) => {
    const dataset = await open(engine, text, { ...readingFor(recipe), infiniteAsText: true });
    const scorable = await openScorable(recipe, dataset);
    const rejected: Rejected[] = [];
    for await (const rejection of scorable.rejected()) rejected.push(rejection);
    const chunks: Uint8Array[] = [];
    const rows = await scorable.writeFeatures((bytes) => void chunks.push(Buffer.from(bytes)));
    return { rejected, rows, features: Buffer.concat(chunks).toString('latin1').trimEnd().split('\n') };
  });

test('a row with a cell that is no number or date is rejected by itself; the others are prepared as requests are', async () => {
  const recipe = await fitText(training, {}, { target: 'y' });
  expect(recipe.features.map(({ kind }) => kind)).toEqual(['date', 'numeric', 'categorical']);
  const rows = [
    { when: '2026-03-01', size: '4', colour: 'red' },
    { when: 'yesterday', size: '4', colour: 'red' },
    { when: '2026-04-02', size: 'four', colour: 'blue' },
    { when: '', size: '', colour: 'green' },
    { when: '2026-02-30', size: 'inf', colour: '' },
    { when: '2026-12-24', size: '1e3', colour: 'blue' },
  ];
  const text = `colour,size,when\n${rows.map(({ when, size, colour }) => `${colour},${size},${when}`).join('\n')}\n`;
  const { rejected, rows: scored, features } = await scorableOf(recipe, text);
  expect(rejected).toEqual([
    { row: 2, why: 'column "when": "yesterday" is not a date such as 2026-03-31' },
    { row: 3, why: 'column "size": "four" is not a finite number' },
    { row: 5, why: 'column "when": "2026-02-30" is not a date such as 2026-03-31' },
  ]);
  expect(scored).toBe(3);
  expect(features).toEqual([0, 3, 5].map((place) => spellRow(applyRow(recipe, rows[place]!))));
});

test('every column that is missing is named', async () => {
  const recipe = await fitText(training, {}, { target: 'y' });
  await expect(scorableOf(recipe, 'colour,other\nred,1\n')).rejects.toThrow(/new\.csv has no column "when", "size"/);
});

test.each([
  ['read by DuckDB', ''],
  ['read by our own scanner', '"quoted, with\na line break"'],
])('cells come back as they were spelled, missing ones too, but for blanks around them: %s', async (_, cell) => {
  const lines = [
    ['a', 'b', 'c'],
    ['1.50', 'NA', cell],
    ['?', ' null ', '1_000'],
    ['', 'n/a', '007'],
  ];
  const text = `${lines.map((line) => line.join(',')).join('\n')}\n`;
  const back = await withEngine(async (engine) => {
    await open(engine, text, { allText: true });
    const rows: string[][] = [];
    for await (const chunk of engine.chunks(`SELECT * FROM ${rowsView}`))
      for (const row of chunk.getRows()) rows.push(row.map((it) => (typeof it === 'string' ? it : '')));
    return rows;
  });
  const wanted = lines.slice(1).map((line) => line.map((it) => it.trim().replaceAll('"', '')));
  expect(back).toEqual(wanted);
});

test('what is added has a name of its own, and a cell for each', () => {
  const target = { name: 'y', problem: 'binary' as const, classes: ['no', 'yes'], numeric: false, reason: 'test' };
  const names = addedColumns(['prediction', 'prediction_2', 'model'], target);
  expect(names).toEqual(['prediction_3', 'probability_no', 'probability_yes', 'model_2', 'rejected']);
  expect(csvRow(scoredCells({ target }, 0.25, { model: 'churn/3', threshold: 0.2 }))).toBe('yes,0.75,0.25,churn/3,');
  expect(scoredCells({ target }, 0.25, { model: 'churn/3' })[0]).toBe('no');
});
