import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { updatableEndpoint } from './endpointLookup.ts';
import { notImplemented, validationError } from './failures.ts';
import { entityName } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';

export const updateEndpointWeightsAndCapacities = operation({
  input: z.strictObject({
    EndpointName: entityName,
    DesiredWeightsAndCapacities: z
      .array(
        z.strictObject({
          VariantName: entityName,
          DesiredWeight: z.number().min(0).optional(),
          DesiredInstanceCount: z.int().min(0).optional(),
        }),
      )
      .min(1),
  }),
  needs: ({ EndpointName }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:UpdateEndpointWeightsAndCapacities', resource: arnOf(world, 'endpoint', EndpointName) },
  ],
  async run({ EndpointName, DesiredWeightsAndCapacities }, { world, state: { tables, serving } }) {
    const endpoint = updatableEndpoint(tables, world, EndpointName);
    const { current } = endpoint;
    for (const { VariantName, DesiredInstanceCount } of DesiredWeightsAndCapacities) {
      if (DesiredInstanceCount === 0)
        throw notImplemented('UpdateEndpointWeightsAndCapacities.DesiredInstanceCount=0', 'keep at least 1 instance');
      if (!current?.variants.some((variant) => variant.VariantName === VariantName))
        throw validationError(`Endpoint "${endpoint.EndpointArn}" has no variant "${VariantName}".`);
    }
    const variants = (current?.variants ?? []).map((variant) => {
      const desired = DesiredWeightsAndCapacities.find(({ VariantName }) => VariantName === variant.VariantName);
      return {
        ...variant,
        weight: desired?.DesiredWeight ?? variant.weight,
        instanceCount: desired?.DesiredInstanceCount ?? variant.instanceCount,
      };
    });
    // The same generation: the fleet stays, its weights change.
    serving.begin({
      ...endpoint,
      EndpointStatus: 'Updating',
      LastModifiedTime: world.clock.now() / 1000,
      ...(current && { next: { ...current, variants } }),
    });
    await world.store.flushed();
    return { EndpointArn: endpoint.EndpointArn };
  },
});
