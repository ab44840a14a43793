import type { Prices } from '../../spec/prices.ts';
import { updateRun } from './ledger/runs.ts';

/** Whatever becomes of the run, its jobs are charged at the prices that it was planned with. */
export const keepPrices = (runId: string, prices: Prices) =>
  updateRun(runId, {
    prices: Object.fromEntries(Object.entries(prices).map(([type, { usdPerHour }]) => [type, usdPerHour])),
  });
