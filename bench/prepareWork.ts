/** What the benchmark of preparation times, each in a process of its own: `node prepareWork.mjs <make|prepare|copy> …`. */
import { createReadStream } from 'node:fs';
import { mkdir, open as openFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeChannels, type Channel } from '../data/channels.ts';
import { openDataset } from '../data/dataset.ts';
import { openEngine, quoted } from '../data/engine.ts';
import { groupValues, profileDataset } from '../data/profile.ts';
import { compileRecipe, fitRecipe } from '../data/recipe.ts';
import { inSplit, split } from '../data/split.ts';
import { describeTarget } from '../data/target.ts';

export interface Worked {
  milliseconds: number;
  rows: number;
  /** Largest resident size of the process. */
  peakMiB: number;
}

/** As prepare has on AWS: 3,008 MB of memory, half of it for DuckDB. */
const memoryBytes = 1504 * 2 ** 20;

const inFolder = async <T>(folder: string, work: () => Promise<T>): Promise<T> => {
  await mkdir(folder, { recursive: true });
  try {
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Columns like those of the census data set Adult: six of numbers, nine of texts, one number in eight rows different. */
const adultRow = (rows: number) => {
  const pick = (column: string, values: number) => `'${column}-' || (hash(i, ${quoted(column)}) % ${values})`;
  const number = (column: string, to: number) => `(hash(i, ${quoted(column)}) % ${to})`;
  return `SELECT
    17 + ${number('age', 74)} AS age, ${pick('workclass', 8)} AS workclass, 12285 + ${number('fnlwgt', 1_470_000)} AS fnlwgt,
    ${pick('education', 16)} AS education, 1 + ${number('educationNum', 16)} AS education_num, ${pick('marital', 7)} AS marital_status,
    ${pick('occupation', 14)} AS occupation, ${pick('relationship', 6)} AS relationship, ${pick('race', 5)} AS race, ${pick('sex', 2)} AS sex,
    CASE WHEN ${number('g', 12)} = 0 THEN ${number('gain', 120)} * 831 ELSE 0 END AS capital_gain,
    CASE WHEN ${number('l', 21)} = 0 THEN ${number('loss', 95)} * 45 ELSE 0 END AS capital_loss,
    1 + ${number('hours', 99)} AS hours_per_week, CASE WHEN ${number('c', 50)} = 0 THEN NULL ELSE ${pick('country', 41)} END AS native_country,
    CASE WHEN ${number('age', 74)} + ${number('educationNum', 16)} * 3 + ${number('noise', 60)} > 90 THEN '>50K' ELSE '<=50K' END AS income
    FROM range(${rows}) t(i)`;
};

const bytesPerRow = 128;

const works: Record<string, (file: string, folder: string, gb: string) => Promise<number>> = {
  async make(file, folder, gb) {
    const engine = await openEngine({ folder, memoryBytes });
    const rows = Math.round((Number(gb) * 1e9) / bytesPerRow);
    await engine.run(`COPY (${adultRow(rows)}) TO ${quoted(engine.path(file))} (HEADER)`);
    engine.close();
    return rows;
  },

  async prepare(file, folder) {
    const work = join(folder, 'work');
    return inFolder(work, async () => {
      const engine = await openEngine({ folder: work, memoryBytes });
      const open = () => Promise.resolve(createReadStream(join(folder, file), { highWaterMark: 2 ** 20 }));
      const dataset = await openDataset(engine, [{ name: file, open }]);
      const target = await describeTarget(dataset);
      await split(dataset, { train: 0.7, validation: 0.15, test: 0.15, seed: 7, target });
      const values = await groupValues(dataset, target, inSplit('train'));
      const profile = await profileDataset(dataset, { target, values });
      const recipe = await fitRecipe(dataset, target, { profile, values });
      const few = await values?.few(profile);
      await values?.drop();
      const wanted: Pick<Channel, 'split' | 'what'>[] = [
        { split: 'train', what: 'labelled' },
        { split: 'validation', what: 'labelled' },
        { split: 'test', what: 'features' },
        { split: 'test', what: 'labels' },
      ];
      const files = await Promise.all(wanted.map((it) => openFile(join(work, `${it.split}-${it.what}.csv`), 'w')));
      await writeChannels(engine, {
        features: await compileRecipe(recipe, dataset, { fittedOn: inSplit('train'), few }),
        classes: target.classes?.length,
        channels: wanted.map((channel, place) => ({ ...channel, write: (bytes) => files[place]?.writeFile(bytes) })),
      });
      await Promise.all(files.map((file) => file.close()));
      engine.close();
      return dataset.rows;
    });
  },

  async copy(file, folder) {
    const engine = await openEngine({ folder, memoryBytes });
    const copy = quoted(engine.path('copy.csv'));
    await engine.run(`COPY (FROM read_csv(${quoted(engine.path(file))})) TO ${copy} (HEADER)`);
    engine.close();
    await rm(engine.path('copy.csv'));
    return 0;
  },
};

const [, , name = '', file = '', folder = '', gb = ''] = process.argv;
const work = works[name];
if (!work) throw new Error(`There is no work ${name}`);
const start = performance.now();
const rows = await work(file, folder, gb);
const worked: Worked = {
  milliseconds: performance.now() - start,
  rows,
  peakMiB: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(JSON.stringify(worked));
