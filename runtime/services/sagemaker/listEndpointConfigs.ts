import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { EndpointConfig } from './endpoint.ts';
import { listing } from './grammar.ts';
import { page } from './listing.ts';
import type { SageMaker } from './sagemakerState.ts';

const key = ({ EndpointConfigName, CreationTime }: EndpointConfig) => ({
  name: EndpointConfigName,
  created: CreationTime,
});

export const listEndpointConfigs = operation({
  input: z.strictObject({ ...listing, SortBy: z.enum(['Name', 'CreationTime']).optional() }),
  needs: () => [{ action: 'sagemaker:ListEndpointConfigs', resource: '*' }],
  run(input, { state: { tables } }: Call<SageMaker>) {
    const { items, ...next } = page(tables.endpointConfigs.values(), input, key, 'Descending');
    const EndpointConfigs = items.map(({ EndpointConfigName, EndpointConfigArn, CreationTime }) => ({
      EndpointConfigName,
      EndpointConfigArn,
      CreationTime,
    }));
    return { EndpointConfigs, ...next };
  },
});
