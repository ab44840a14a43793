/**
 * Resolves defaults into a frozen plan, and refuses whatever can be refused before anything is spent. A run that was redriven
 * keeps the plan it had.
 */
import { approvalSeconds } from '../spec/approval.ts';
import { checkPipeline } from '../spec/checkPipeline.ts';
import { endpointUsdPerMonth } from '../spec/costs.ts';
import { keys } from '../spec/names.ts';
import { planSchema, redrives, runInput, type Plan, type RunInput } from '../spec/run.ts';
import { readText, writeDocument } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { environment } from './lib/environment.ts';
import { keepPrices } from './lib/keepPrices.ts';
import { getChampion } from './lib/ledger/champion.ts';
import { planDeployment, planned as plannedDeployment } from './lib/planDeployment.ts';
import { readPipeline } from './lib/readPipeline.ts';
import { readPrices } from './lib/readPrices.ts';

export const handler = define({
  input: runInput.extend({ redrives }),
  async run({ redrives, ...request }) {
    const { deploys, trigger } = request;
    const kept = redrives > 0 ? await keptPlan(request.runId) : undefined;
    if (deploys)
      return plannedDeployment(kept ?? (await planDeployment({ ...request, deploys })), { trigger, deploys });
    const plan = kept ?? (await freeze(request));
    // Behind the plan: of a run that failed between the two the prices are kept when it is redriven.
    await keepPrices(plan.runId, plan.prices ?? {});
    return {
      runId: plan.runId,
      pipeline: plan.pipeline.name,
      candidates: plan.candidates.map(({ id }) => id),
      target: plan.pipeline.deploy.target,
      approvalSeconds: approvalSeconds(plan.pipeline.approval),
      costCeilingUsd: plan.costCeilingUsd ?? null,
    };
  },
});

const keptPlan = async (runId: string): Promise<Plan | undefined> => {
  const found = await readText(keys.plan(runId));
  return found && planSchema.parse(JSON.parse(found.text));
};

const freeze = async ({ runId, pipeline: name, source }: RunInput): Promise<Plan> => {
  const where = keys.pipeline(name);
  const { pipeline, versionId } = await readPipeline(name);
  const { candidates, prices, costCeilingUsd } = checkPipeline(pipeline, {
    where,
    region: environment('AWS_REGION'),
    ownPrices: await readPrices(),
  });
  const monthly = endpointUsdPerMonth(pipeline, prices);
  const champion = await getChampion(name);
  const plan: Plan = {
    runId,
    source,
    pipeline,
    candidates,
    ...(versionId && { pipelineVersionId: versionId }),
    ...(champion && { champion }),
    prices,
    ...(costCeilingUsd !== undefined && { costCeilingUsd }),
    ...(monthly !== undefined && { endpointUsdPerMonth: monthly }),
  };
  await writeDocument(keys.plan(runId), plan);
  return plan;
};
