import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { validationError } from './failures.ts';
import { entityName } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';

export const describeEndpointConfig = operation({
  input: z.strictObject({ EndpointConfigName: entityName }),
  needs: ({ EndpointConfigName }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:DescribeEndpointConfig', resource: arnOf(world, 'endpoint-config', EndpointConfigName) },
  ],
  run({ EndpointConfigName }, { world, state: { tables } }) {
    const config = tables.endpointConfigs.get(EndpointConfigName);
    const arn = arnOf(world, 'endpoint-config', EndpointConfigName);
    if (!config) throw validationError(`Could not find endpoint configuration "${arn}".`);
    return { EnableNetworkIsolation: false, ...config };
  },
});
