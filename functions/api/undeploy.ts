/** DELETE /pipelines/{name}/endpoint: takes away what serves; its models stay in the registry. */
import { DeleteEndpointCommand, DeleteEndpointConfigCommand } from '@aws-sdk/client-sagemaker';
import * as z from 'zod';
import { isAws } from '../lib/awsErrors.ts';
import { sagemaker } from '../lib/clients.ts';
import { Conflict, defineRoute } from '../lib/defineRoute.ts';
import { dropAlarms } from '../lib/endpointAlarms.ts';
import { dropChampion, getChampion } from '../lib/ledger/champion.ts';
import { lock, unlock } from '../lib/ledger/lock.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';
import { endpointOf } from '../lib/stack.ts';

/** Longer than this function may take. */
const seconds = 60;

export const handler = defineRoute(
  {
    method: 'DELETE',
    path: '/pipelines/{name}/endpoint',
    summary: 'Deletes the endpoint of a pipeline with its configuration and alarms; the registered models stay',
    params: pipelineParams,
    answers: { 200: z.strictObject({ endpointName: z.string(), deleted: z.literal(true) }) },
    problems: [409],
  },
  async ({ params: { name }, event }) => {
    const holder = `undeploy-${event.requestContext.requestId}`;
    if (!(await lock(name, holder, seconds)))
      throw new Conflict(`A run is deploying the pipeline ${name}: stop it, or wait for its end.`);
    try {
      return { body: { endpointName: await undeployed(name), deleted: true as const } };
    } finally {
      await unlock(name, holder);
    }
  },
);

/** The champion is forgotten last: until then the same request again finds what is left to be done. */
const undeployed = async (pipeline: string): Promise<string> => {
  const champion = await getChampion(pipeline);
  if (champion?.target !== 'endpoint') throw new Conflict(`The pipeline ${pipeline} has no endpoint.`);
  const { runId, endpointConfigName: config = runId } = champion;
  const endpointName = endpointOf(pipeline);
  await unlessGone(endpointName, () => sagemaker().send(new DeleteEndpointCommand({ EndpointName: endpointName })));
  await unlessGone(config, () => sagemaker().send(new DeleteEndpointConfigCommand({ EndpointConfigName: config })));
  await dropAlarms(endpointName, config);
  await dropChampion(pipeline, runId);
  return endpointName;
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
