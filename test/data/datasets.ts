/** Texts as split datasets, in engines of their own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataset, type Dataset, type DatasetOptions } from '../../data/dataset.ts';
import { openEngine } from '../../data/engine.ts';
import { split, type SplitOptions } from '../../data/split.ts';
import { describeTarget, type Target } from '../../data/target.ts';
import { streamOf } from '../fixtures/dataset.ts';

export interface Prepared {
  dataset: Dataset;
  target: Target;
}

export interface PrepareOptions extends DatasetOptions {
  /** Default: all rows are train rows. */
  split?: Partial<SplitOptions>;
  target?: string;
  threads?: number;
}

const everything = { train: 1, validation: 0, test: 0, seed: 7, by: 'random' };

/** Reads the text as file.csv, splits it and hands it on; nothing is left of it afterwards. */
export const withRows = async <Result>(
  text: string,
  { split: parts, target: wanted, threads = 2, ...options }: PrepareOptions,
  use: (prepared: Prepared) => Promise<Result>,
): Promise<Result> => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-rows-'));
  const engine = await openEngine({ folder, memoryBytes: 2 ** 29, threads });
  try {
    const source = { name: 'file.csv', open: () => Promise.resolve(streamOf(text)) };
    const dataset = await openDataset(engine, [source], options);
    const target = await describeTarget(dataset, wanted === undefined ? {} : { target: wanted });
    await split(dataset, { ...everything, ...parts, target });
    return await use({ dataset, target });
  } finally {
    engine.close();
    await rm(folder, { recursive: true, force: true });
  }
};
