import type { Manifest } from './algorithm.ts';
import { linearLearner } from './linearLearner/manifest.ts';
import { xgboost } from './xgboost/manifest.ts';

/** The catalogue by name. Pure data and pure functions: safe to bundle into Lambdas. */
export const algorithms: Readonly<Record<string, Manifest>> = {
  [linearLearner.name]: linearLearner,
  [xgboost.name]: xgboost,
};
