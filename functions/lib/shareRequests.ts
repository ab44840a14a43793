import { UpdateEndpointWeightsAndCapacitiesCommand } from '@aws-sdk/client-sagemaker';
import { PlatformError } from '../../spec/errors.ts';
import { variantName } from '../../spec/names.ts';
import { isAws } from './awsErrors.ts';
import { sagemaker } from './clients.ts';
import { refuseBusy, type Endpoint } from './findEndpoint.ts';

/** SageMaker keeps weights as single-precision numbers. */
const tolerance = 1e-6;

/**
 * Makes SageMaker's weights of the variants these shares, by run, unless they are already. It takes a while: the endpoint is changing
 * when this returns. Throws PlatformError when it is changing before.
 */
export const shareRequests = async (endpoint: Endpoint, shares: ReadonlyMap<string, number>) => {
  refuseBusy(endpoint);
  const { EndpointName, ProductionVariants = [] } = endpoint;
  const weights = new Map(ProductionVariants.map(({ VariantName, CurrentWeight = 0 }) => [VariantName, CurrentWeight]));
  const wanted = Array.from(shares, ([runId, share]) => ({ VariantName: variantName(runId), DesiredWeight: share }));
  if (wanted.every((it) => Math.abs((weights.get(it.VariantName) ?? -1) - it.DesiredWeight) < tolerance)) return;
  try {
    await sagemaker().send(
      new UpdateEndpointWeightsAndCapacitiesCommand({ EndpointName, DesiredWeightsAndCapacities: wanted }),
    );
  } catch (cause) {
    if (!isAws(cause, ['ValidationException'], /in-progress/i)) throw cause;
    throw new PlatformError({ what: `The endpoint ${EndpointName} is changing`, expected: 'one at rest' }, { cause });
  }
};
