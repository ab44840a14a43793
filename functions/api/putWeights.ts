/** PUT /pipelines/{name}/endpoint/weights: changes how the requests are shared between the champion and its challenger, in place. */
import { UpdateEndpointWeightsAndCapacitiesCommand } from '@aws-sdk/client-sagemaker';
import * as z from 'zod';
import { variantName } from '../../spec/names.ts';
import { weightsSetting, type Weights } from '../../spec/weights.ts';
import { isAws } from '../lib/awsErrors.ts';
import { sagemaker } from '../lib/clients.ts';
import { Conflict, defineRoute } from '../lib/defineRoute.ts';
import { withDeployment } from '../lib/deploymentLock.ts';
import { getChampion, setWeight } from '../lib/ledger/champion.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';
import { endpointOf } from '../lib/stack.ts';

const sharing = z.strictObject({ variant: z.string(), weight: z.number() });

export const handler = defineRoute(
  {
    method: 'PUT',
    path: '/pipelines/{name}/endpoint/weights',
    summary:
      'Shares the requests anew between the deployed model and the challenger beside it; the weights add up to 1',
    params: pipelineParams,
    body: { 'application/json': weightsSetting },
    answers: { 200: z.strictObject({ endpointName: z.string(), champion: sharing, challenger: sharing }) },
    problems: [409],
  },
  async ({ params: { name }, body, event }) => ({ body: await withDeployment(name, event, () => shared(name, body)) }),
);

/** SageMaker first, for it may refuse; until the ledger knows it, too, the same request again puts them together. */
const shared = async (pipeline: string, weights: Weights) => {
  const champion = await getChampion(pipeline);
  const beside = champion?.beside;
  if (!champion || !beside)
    throw new Conflict(
      `No challenger serves beside the deployed model of ${pipeline}: with deploy.weights the next model that passes its gate does.`,
    );
  const endpointName = endpointOf(pipeline);
  const sharings = {
    champion: { variant: variantName(champion.runId), weight: weights.champion },
    challenger: { variant: variantName(beside.runId), weight: weights.challenger },
  };
  await unlessChanging(() =>
    sagemaker().send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: endpointName,
        DesiredWeightsAndCapacities: Object.values(sharings).map(({ variant, weight }) => ({
          VariantName: variant,
          DesiredWeight: weight,
        })),
      }),
    ),
  );
  if (!(await setWeight(pipeline, champion, weights.challenger)))
    throw new Conflict(`The models of ${pipeline} have changed meanwhile: sluice models ${pipeline}.`);
  return { endpointName, ...sharings };
};

const unlessChanging = async (change: () => Promise<unknown>) => {
  try {
    await change();
  } catch (error) {
    if (!isAws(error, ['ValidationException'], /in-progress|cannot/i)) throw error;
    throw new Conflict(`The endpoint is changing and cannot be changed now: ${error.message}`);
  }
};
