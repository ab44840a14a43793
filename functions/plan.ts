/** Resolves defaults into a frozen plan, and refuses whatever can be refused before anything is spent. */
import { approvalSeconds } from '../spec/approval.ts';
import { checkPipeline } from '../spec/checkPipeline.ts';
import { endpointUsdPerMonth } from '../spec/costs.ts';
import { keys } from '../spec/names.ts';
import { runInput, type Plan } from '../spec/run.ts';
import { writeDocument } from './lib/bucket.ts';
import { define } from './lib/define.ts';
import { environment } from './lib/environment.ts';
import { keepPrices } from './lib/keepPrices.ts';
import { getChampion } from './lib/ledger/champion.ts';
import { planDeployment } from './lib/planDeployment.ts';
import { readPipeline } from './lib/readPipeline.ts';
import { readPrices } from './lib/readPrices.ts';

export const handler = define({
  input: runInput,
  async run({ runId, pipeline: name, source, trigger, deploys }) {
    if (deploys) return planDeployment({ runId, pipeline: name, source, trigger, deploys });
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
    await keepPrices(runId, prices);
    return {
      runId,
      pipeline: name,
      candidates: candidates.map(({ id }) => id),
      target: pipeline.deploy.target,
      approvalSeconds: approvalSeconds(pipeline.approval),
      costCeilingUsd: costCeilingUsd ?? null,
    };
  },
});
