import * as z from 'zod';
import { runId } from '../../spec/run.ts';
import { NotFound } from './problems.ts';
import { getRun, type RunRecord } from './ledger/runs.ts';

/** The variable of `/runs/{id}`. */
export const runParams = z.strictObject({ id: runId });

/** Throws NotFound. */
export const runOfPath = async ({ id }: z.infer<typeof runParams>): Promise<RunRecord> => {
  const run = await getRun(id);
  if (!run)
    throw new NotFound({ what: `There is no run ${id}`, where: 'path, id', todo: 'GET /runs lists those there are' });
  return run;
};
