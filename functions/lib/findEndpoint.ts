import { DescribeEndpointCommand, type DescribeEndpointCommandOutput } from '@aws-sdk/client-sagemaker';
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
