/** Official SDK clients for a connection: the CLI talks to the runtime as any other program would. */
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Connection } from './connection.ts';

export const clientsOf = ({ endpoint, region, credentials }: Connection) => {
  const settings = { endpoint, region, credentials };
  return {
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    sfn: new SFNClient(settings),
    sagemaker: new SageMakerClient(settings),
  };
};

export type Clients = ReturnType<typeof clientsOf>;
