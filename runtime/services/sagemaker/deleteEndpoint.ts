import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { restingEndpoint } from './endpointLookup.ts';
import { entityName } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';

export const deleteEndpoint = operation({
  input: z.strictObject({ EndpointName: entityName }),
  needs: ({ EndpointName }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:DeleteEndpoint', resource: arnOf(world, 'endpoint', EndpointName) },
  ],
  async run({ EndpointName }, { world, state: { tables, serving } }) {
    const endpoint = restingEndpoint(tables, world, EndpointName);
    serving.begin({ ...endpoint, EndpointStatus: 'Deleting', LastModifiedTime: world.clock.now() / 1000 });
    await world.store.flushed();
    return {};
  },
});
