/** One client per service and sandbox; made on first use, so that a function pays only for what it calls. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

// Marked pure, so that a bundle leaves out the clients that its function does not use.
const once = <T>(make: () => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

export const logs = /* @__PURE__ */ once(() => new CloudWatchLogsClient({}));
export const s3 = /* @__PURE__ */ once(() => new S3Client({}));
export const sagemaker = /* @__PURE__ */ once(() => new SageMakerClient({}));
export const sagemakerRuntime = /* @__PURE__ */ once(() => new SageMakerRuntimeClient({}));
export const sfn = /* @__PURE__ */ once(() => new SFNClient({}));
export const sns = /* @__PURE__ */ once(() => new SNSClient({}));
export const dynamodb = /* @__PURE__ */ once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } }),
);
