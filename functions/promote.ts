/** Makes the deployed model the pipeline's champion: the one that predictions use and challengers are compared with. */
import * as z from 'zod';
import { endpointConfigName } from '../spec/names.ts';
import { runId } from '../spec/run.ts';
import { define } from './lib/define.ts';
import { dropAlarms } from './lib/endpointAlarms.ts';
import { dropChallenger } from './lib/ledger/challenger.ts';
import { getChampion, putChampion } from './lib/ledger/champion.ts';
import { unlock } from './lib/ledger/lock.ts';
import { updateRun } from './lib/ledger/runs.ts';
import { overtaken } from './lib/overtaken.ts';
import { noteDeployed } from './lib/registry.ts';
import { readPlan } from './lib/run.ts';
import { servingModel } from './lib/servingModel.ts';
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
    const champion = await servingModel(plan, { winner, modelPackageArn, target });
    if (!(await putChampion(pipeline, champion, plan.champion)))
      throw overtaken(plan, (await getChampion(pipeline))?.runId);
    const place = target === 'endpoint' ? { endpointName: endpointOf(pipeline) } : {};
    await updateRun(runId, { modelPackageArn, ...place });
    await noteDeployed(modelPackageArn, { by: runId, target, ...place });
    if (target === 'endpoint') await dropChallenger(pipeline, endpointConfigName(runId));
    // Those of the model that is served no more.
    const before = plan.champion?.endpointConfigName;
    if (before !== undefined && before !== champion.endpointConfigName) await dropAlarms(endpointOf(pipeline), before);
    await unlock(pipeline, runId);
    return { pipeline, target };
  },
});
