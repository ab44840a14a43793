import { endpointConfigName, keys } from '../../spec/names.ts';
import { candidateResult, type Champion, type Plan } from '../../spec/run.ts';
import { readDocument } from './bucket.ts';
import { contender, modelPlanOf } from './run.ts';

/** What a run deploys, as the ledger keeps it. */
export const servingModel = async (
  plan: Plan,
  { winner, modelPackageArn, target }: { winner: number; modelPackageArn: string; target: Champion['target'] },
): Promise<Champion> => {
  const made = await modelPlanOf(plan);
  const { threshold } = await readDocument(keys.metrics(made.runId, winner), candidateResult);
  return {
    runId: made.runId,
    ...contender(made, winner),
    modelPackageArn,
    recipeKey: keys.modelRecipe(plan.pipeline.name, made.runId),
    target,
    ...(threshold !== undefined && { threshold }),
    ...(target === 'endpoint' && { endpointConfigName: endpointConfigName(plan.runId) }),
  };
};
