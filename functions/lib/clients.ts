/** One client per service and sandbox; made on first use, so that a function pays only for what it calls. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

const once = <T>(make: () => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

export const logs = once(() => new CloudWatchLogsClient({}));
export const s3 = once(() => new S3Client({}));
export const sagemaker = once(() => new SageMakerClient({}));
export const sagemakerRuntime = once(() => new SageMakerRuntimeClient({}));
export const sfn = once(() => new SFNClient({}));
export const sns = once(() => new SNSClient({}));
export const dynamodb = once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } }),
);
