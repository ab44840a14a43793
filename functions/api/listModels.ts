/** GET /pipelines/{name}/models: the versions of a pipeline's registry, newest first, with what serves now. */
import * as z from 'zod';
import { modelView, type ModelView } from '../../spec/modelVersion.ts';
import type { Champion } from '../../spec/run.ts';
import { restOf } from '../../spec/weights.ts';
import { nextCursor, pageQuery } from '../lib/cursor.ts';
import { defineRoute } from '../lib/defineRoute.ts';
import { getChampion } from '../lib/ledger/champion.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';
import { describeVersion, listVersions } from '../lib/registry.ts';
import { endpointOf } from '../lib/stack.ts';

export const handler = defineRoute(
  {
    method: 'GET',
    path: '/pipelines/{name}/models',
    summary: 'The registered models of a pipeline, newest first, and which one serves',
    params: pipelineParams,
    // What SageMaker answers as its next token.
    query: z.strictObject({ ...pageQuery, cursor: z.string().min(1).max(8192).optional() }),
    answers: { 200: z.strictObject({ models: z.array(modelView), cursor: nextCursor }) },
  },
  async ({ params: { name }, query: { limit, cursor } }) => {
    const page = await listVersions(name, { limit, ...(cursor !== undefined && { cursor }) });
    const champion = await getChampion(name);
    const models = await Promise.all(
      page.summaries.map(async ({ ModelPackageArn }) => ({
        ...(await describeVersion(ModelPackageArn)),
        ...servingAs(name, champion, ModelPackageArn),
      })),
    );
    return { body: { models, ...(page.next !== undefined && { cursor: page.next }) } };
  },
);

const servingAs = (
  pipeline: string,
  champion: Champion | undefined,
  arn: string | undefined,
): Pick<ModelView, 'serves' | 'role' | 'weight'> => {
  const beside = champion?.beside;
  const isBeside = beside !== undefined && beside.modelPackageArn === arn;
  if (!champion || (champion.modelPackageArn !== arn && !isBeside)) return {};
  return {
    serves: champion.target === 'endpoint' ? endpointOf(pipeline) : champion.target,
    role: isBeside ? 'challenger' : 'champion',
    ...(beside && { weight: isBeside ? beside.weight : restOf(beside.weight) }),
  };
};
