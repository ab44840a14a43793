import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { pendingDeployment, variantSummaries } from './endpoint.ts';
import { endpointNamed } from './endpointLookup.ts';
import { entityName } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';

/** While an endpoint is updated it shows what is in service, and what is to come as PendingDeploymentSummary. */
export const describeEndpoint = operation({
  input: z.strictObject({ EndpointName: entityName }),
  needs: ({ EndpointName }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:DescribeEndpoint', resource: arnOf(world, 'endpoint', EndpointName) },
  ],
  run({ EndpointName }, { world, state: { tables } }) {
    const record = endpointNamed(tables, world, EndpointName);
    const { current, next, rollout: _rollout, updateStarted: _started, ...endpoint } = record;
    const shown = current ?? next;
    const pending = pendingDeployment(record);
    return {
      ...endpoint,
      ...(shown && { EndpointConfigName: shown.EndpointConfigName, ProductionVariants: variantSummaries(shown, next) }),
      ...(pending && { PendingDeploymentSummary: pending }),
    };
  },
});
