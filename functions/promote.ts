/**
 * Makes the deployed model the pipeline's champion, with which challengers are compared; or, by the pipeline's weights, lets it
 * serve beside the champion. What neither needs any more is deleted.
 */
import * as z from 'zod';
import { InputError } from '../spec/errors.ts';
import { attemptOf, endpointConfigName } from '../spec/names.ts';
import { redrives, runId, type Champion, type Plan } from '../spec/run.ts';
import { define } from './lib/define.ts';
import { dropAlarms, servingRuns } from './lib/endpointAlarms.ts';
import { tidyConfigs } from './lib/endpointConfigs.ts';
import { dropChallenger } from './lib/ledger/challenger.ts';
import { getChampion, putBeside, putChampion } from './lib/ledger/champion.ts';
import { lockHolder, unlock } from './lib/ledger/lock.ts';
import { isOver, updateRun } from './lib/ledger/runs.ts';
import { overtaken } from './lib/overtaken.ts';
import { noteDeployed } from './lib/registry.ts';
import { readPlan } from './lib/run.ts';
import { servingModel } from './lib/servingModel.ts';
import { endpointOf } from './lib/stack.ts';
import { weightsBeside } from './lib/weightsBeside.ts';

export const handler = define({
  input: z.strictObject({
    runId,
    winner: z.int().min(0),
    modelPackageArn: z.string(),
    target: z.enum(['endpoint', 'batch']),
    redrives,
  }),
  async run({ runId, winner, modelPackageArn, target, redrives }) {
    // What it has deployed was taken back, or is just now.
    if (await isOver(runId, redrives))
      throw new InputError({ what: 'The run has ended: its model becomes no champion', where: runId });
    const holder = attemptOf(runId, redrives);
    const plan = await readPlan(runId);
    const { name: pipeline } = plan.pipeline;
    const served = await servingModel(plan, { winner, modelPackageArn, target });
    const before = await getChampion(pipeline);
    const beside = target === 'endpoint' ? weightsBeside(plan) : undefined;
    const serving = beside
      ? await besideChampion(plan, before, served, { weight: beside.weights.challenger, holder })
      : await inPlaceOf(plan, served);
    const endpointName = endpointOf(pipeline);
    const place = target === 'endpoint' ? { endpointName } : {};
    const told = beside && { beside: { champion: beside.champion.runId, weight: beside.weights.challenger } };
    await updateRun(runId, { modelPackageArn, ...place, ...told });
    // What served beside another model only is nothing that a rollback goes back to.
    if (!beside) await noteDeployed(modelPackageArn, { by: runId, target, ...place });
    if (target === 'endpoint') await dropChallenger(pipeline, endpointConfigName(runId));
    await dropAlarms(endpointName, [...servingRuns(before), ...servingRuns(plan.champion)], servingRuns(serving));
    // Where the endpoint was left for batches it still stands, with its configuration.
    if (target === 'endpoint') await tidyConfigs(pipeline, serving.endpointConfigName);
    await unlock(pipeline, holder);
    return { pipeline, target };
  },
});

const inPlaceOf = async (plan: Plan, served: Champion): Promise<Champion> => {
  const { name } = plan.pipeline;
  if (!(await putChampion(name, served, plan.champion))) throw overtaken(plan, await getChampion(name));
  return served;
};

/** Only who holds the lock: an attempt that comes late must not bring back what another run has replaced meanwhile. */
const besideChampion = async (
  plan: Plan,
  before: Champion | undefined,
  served: Champion,
  { weight, holder }: { weight: number; holder: string },
) => {
  const { target: _, endpointConfigName = '', ...model } = served;
  const { name } = plan.pipeline;
  const beside = { ...model, weight };
  if (before?.endpointConfigName === endpointConfigName) return before;
  const isMine = before?.runId === plan.champion?.runId && (await lockHolder(name)) === holder;
  if (!before || !isMine || !(await putBeside(name, before, { endpointConfigName, beside })))
    throw overtaken(plan, await getChampion(name));
  return { ...before, endpointConfigName, beside };
};
