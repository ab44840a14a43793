import { costOf, type Cost } from '../../spec/costs.ts';
import { getRun, setCost } from './ledger/runs.ts';
import { listUses } from './ledger/uses.ts';

/** Sums up what the jobs of a run have cost so far and keeps it with the run; undefined for a run that nobody knows. */
export const chargeRun = async (runId: string): Promise<Cost | undefined> => {
  const run = await getRun(runId);
  if (!run) return undefined;
  const cost = costOf(await listUses(runId), run.prices ?? {});
  await setCost(runId, cost);
  return cost;
};
