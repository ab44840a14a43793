import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { validationError } from './failures.ts';
import { entityName } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';

/** Accepted for a configuration in use too, as on AWS: an endpoint keeps what it was built from. */
export const deleteEndpointConfig = operation({
  input: z.strictObject({ EndpointConfigName: entityName }),
  needs: ({ EndpointConfigName }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:DeleteEndpointConfig', resource: arnOf(world, 'endpoint-config', EndpointConfigName) },
  ],
  async run({ EndpointConfigName }, { world, state: { tables } }) {
    const arn = arnOf(world, 'endpoint-config', EndpointConfigName);
    if (!tables.endpointConfigs.get(EndpointConfigName))
      throw validationError(`Could not find endpoint configuration "${arn}".`);
    tables.endpointConfigs.remove(EndpointConfigName);
    tables.tags.delete(arn);
    await world.store.flushed();
    return {};
  },
});
