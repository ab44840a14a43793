import { DescribeEndpointCommand, type DescribeEndpointCommandOutput } from '@aws-sdk/client-sagemaker';
import { PlatformError } from '../../spec/errors.ts';
import { isAws } from './awsErrors.ts';
import { sagemaker } from './clients.ts';

export type Endpoint = DescribeEndpointCommandOutput;

/** The endpoint of this name as it stands; undefined when there is none. */
export const findEndpoint = async (EndpointName: string): Promise<Endpoint | undefined> => {
  try {
    return await sagemaker().send(new DescribeEndpointCommand({ EndpointName }));
  } catch (error) {
    if (isAws(error, ['ValidationException'], /could not find/i)) return undefined;
    throw error;
  }
};

const busy: ReadonlySet<string | undefined> = new Set([
  'Creating',
  'Updating',
  'SystemUpdating',
  'RollingBack',
  'Deleting',
]);

/** SageMaker neither updates nor deletes an endpoint that is changing. Throws PlatformError. */
export const refuseBusy = ({ EndpointName, EndpointStatus }: Endpoint) => {
  if (busy.has(EndpointStatus))
    throw new PlatformError({ what: `The endpoint ${EndpointName} is ${EndpointStatus}`, expected: 'one at rest' });
};
