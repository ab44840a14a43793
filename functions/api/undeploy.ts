/**
 * DELETE /pipelines/{name}/endpoint: takes away what serves; its models stay in the registry. The endpoint is found by its name,
 * whatever has become of the pipeline since.
 */
import { DeleteEndpointCommand } from '@aws-sdk/client-sagemaker';
import * as z from 'zod';
import { isAws } from '../lib/awsErrors.ts';
import { sagemaker } from '../lib/clients.ts';
import { Conflict, defineRoute } from '../lib/defineRoute.ts';
import { withDeployment } from '../lib/deploymentLock.ts';
import { dropAlarms, servingRuns } from '../lib/endpointAlarms.ts';
import { dropConfigs, isOurs } from '../lib/endpointConfigs.ts';
import { findEndpoint } from '../lib/findEndpoint.ts';
import { dropChampion, getChampion } from '../lib/ledger/champion.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';
import { endpointOf } from '../lib/stack.ts';

export const handler = defineRoute(
  {
    method: 'DELETE',
    path: '/pipelines/{name}/endpoint',
    summary: 'Deletes the endpoint of a pipeline with its configurations and alarms; the registered models stay',
    params: pipelineParams,
    answers: { 200: z.strictObject({ endpointName: z.string(), deleted: z.literal(true) }) },
    problems: [409],
  },
  async ({ params: { name }, event }) => {
    const endpointName = await withDeployment(name, event, () => undeployed(name));
    return { body: { endpointName, deleted: true as const } };
  },
);

/** The champion is forgotten last: until then the same request again finds what is left to be done. */
const undeployed = async (pipeline: string): Promise<string> => {
  const EndpointName = endpointOf(pipeline);
  const champion = await getChampion(pipeline);
  const endpoint = await findEndpoint(EndpointName);
  const isServing = champion?.target === 'endpoint';
  if (!endpoint && !isServing) throw new Conflict(`The pipeline ${pipeline} has no endpoint.`);
  if (endpoint) {
    const { EndpointConfigName = '', ProductionVariants = [] } = endpoint;
    if (!(await isOurs(pipeline, EndpointConfigName)))
      throw new Conflict(`The endpoint ${EndpointName} was not made by the pipeline ${pipeline}: it is left alone.`);
    await unlessGone(EndpointName, () => sagemaker().send(new DeleteEndpointCommand({ EndpointName })));
    await dropAlarms(
      EndpointName,
      ProductionVariants.map(({ VariantName }) => VariantName),
    );
  }
  await dropAlarms(EndpointName, servingRuns(champion));
  await dropConfigs(pipeline);
  if (isServing) await dropChampion(pipeline, champion.runId);
  return EndpointName;
};

const unlessGone = async (name: string, remove: () => Promise<unknown>) => {
  try {
    await remove();
  } catch (error) {
    if (isAws(error, ['ValidationException'], /could not find/i)) return;
    if (!isAws(error, ['ValidationException'], /in-progress|cannot/i)) throw error;
    throw new Conflict(`${name} is changing and cannot be deleted now: ${error.message}`);
  }
};
