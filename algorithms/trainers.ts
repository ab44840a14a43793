import type { Trainer } from './algorithm.ts';
import { trainer as linearLearner } from './linearLearner/trainer.ts';
import { trainer as xgboost } from './xgboost/trainer.ts';

/** The local trainers by name of the algorithm; loaded by the runtime's worker threads only. */
export const trainers: Readonly<Record<string, Trainer>> = {
  'linear-learner': linearLearner,
  xgboost,
};
