/** Makes the deployed model the pipeline's champion: the one that predictions use and challengers are compared with. */
import * as z from 'zod';
import { endpointConfigName, endpointName, keys } from '../spec/names.ts';
import { candidateResult, runId, type Champion } from '../spec/run.ts';
import { readDocument } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { getChampion, putChampion } from './lib/ledger/champion.ts';
import { unlock } from './lib/ledger/lock.ts';
import { updateRun } from './lib/ledger/runs.ts';
import { overtaken } from './lib/overtaken.ts';
import { contender, readPlan } from './lib/run.ts';

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
    const { threshold } = await readDocument(keys.metrics(runId, winner), candidateResult);
    const champion: Champion = {
      runId,
      ...contender(plan, winner),
      modelPackageArn,
      recipeKey: keys.modelRecipe(pipeline, runId),
      target,
      ...(threshold !== undefined && { threshold }),
      ...(target === 'endpoint' && { endpointConfigName: endpointConfigName(runId) }),
    };
    if (!(await putChampion(pipeline, champion, plan.champion)))
      throw overtaken(plan, (await getChampion(pipeline))?.runId);
    if (target === 'endpoint') await updateRun(runId, { endpointName: endpointName(pipeline) });
    await unlock(pipeline, runId);
    return { pipeline, target };
  },
});
