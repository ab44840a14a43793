/** Makes the deployed model the pipeline's champion: the one that predictions use and challengers are compared with. */
import * as z from 'zod';
import { endpointConfigName, keys } from '../spec/names.ts';
import { candidateResult, runId, type Champion } from '../spec/run.ts';
import { readDocument } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { getChampion, putChampion } from './lib/ledger/champion.ts';
import { unlock } from './lib/ledger/lock.ts';
import { updateRun } from './lib/ledger/runs.ts';
import { overtaken } from './lib/overtaken.ts';
import { noteDeployed } from './lib/registry.ts';
import { contender, modelPlanOf, readPlan } from './lib/run.ts';
import { endpointOf } from './lib/stack.ts';

export const handler = define({
  input: z.strictObject({
    runId,
    winner: z.int().min(0),
    modelPackageArn: z.string(),
    target: z.enum(['endpoint', 'batch']),
  }),
  async run({ runId, winner, modelPackageArn, target }) {
    const plan = await readPlan(runId);
    const { name: pipeline } = plan.pipeline;
    const made = await modelPlanOf(plan);
    const { threshold } = await readDocument(keys.metrics(made.runId, winner), candidateResult);
    const champion: Champion = {
      runId: made.runId,
      ...contender(made, winner),
      modelPackageArn,
      recipeKey: keys.modelRecipe(pipeline, made.runId),
      target,
      ...(threshold !== undefined && { threshold }),
      ...(target === 'endpoint' && { endpointConfigName: endpointConfigName(runId) }),
    };
    if (!(await putChampion(pipeline, champion, plan.champion)))
      throw overtaken(plan, (await getChampion(pipeline))?.runId);
    const place = target === 'endpoint' ? { endpointName: endpointOf(pipeline) } : {};
    await updateRun(runId, { modelPackageArn, ...place });
    await noteDeployed(modelPackageArn, { by: runId, target, ...place });
    await unlock(pipeline, runId);
    return { pipeline, target };
  },
});
