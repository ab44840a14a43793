import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import type { Endpoint } from './endpoint.ts';
import { listing, modifiedListing } from './grammar.ts';
import { page } from './listing.ts';
import type { SageMaker } from './sagemakerState.ts';

const key = ({ EndpointName, CreationTime, LastModifiedTime, EndpointStatus }: Endpoint) => ({
  name: EndpointName,
  created: CreationTime,
  modified: LastModifiedTime,
  status: EndpointStatus,
});

export const listEndpoints = operation({
  input: z.strictObject({
    ...listing,
    ...modifiedListing,
    StatusEquals: z
      .enum([
        'OutOfService',
        'Creating',
        'Updating',
        'SystemUpdating',
        'RollingBack',
        'InService',
        'Deleting',
        'Failed',
        'UpdateRollbackFailed',
      ])
      .optional(),
    SortBy: z.enum(['Name', 'CreationTime', 'Status']).optional(),
  }),
  needs: () => [{ action: 'sagemaker:ListEndpoints', resource: '*' }],
  run(input, { state: { tables } }: Call<SageMaker>) {
    const { items, ...next } = page(tables.endpoints.values(), input, key, 'Descending');
    const Endpoints = items.map((it) => ({
      EndpointName: it.EndpointName,
      EndpointArn: it.EndpointArn,
      CreationTime: it.CreationTime,
      LastModifiedTime: it.LastModifiedTime,
      EndpointStatus: it.EndpointStatus,
    }));
    return { Endpoints, ...next };
  },
});
