/** A folder of the function's ephemeral storage with DuckDB in it, for the time of one invocation. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, type Engine } from '../../data/engine.ts';
import { environment } from './environment.ts';

/** DuckDB's limit is not one of the process: half is left for what it does not count and for JavaScript. */
const engineShare = 0.5;

/** Whatever becomes of `work`, the folder is removed. */
export const withEngine = async <Result>(work: (engine: Engine) => Promise<Result>): Promise<Result> => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-'));
  try {
    const memory = Number(environment('AWS_LAMBDA_FUNCTION_MEMORY_SIZE')) * 2 ** 20;
    const engine = await openEngine({ folder, memoryBytes: engineShare * memory });
    try {
      return await work(engine);
    } finally {
      engine.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
