/** One client per service and sandbox; made on first use, so that a function pays only for what it calls. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

// Marked pure, so that a bundle leaves out the clients that its function does not use.
const once = <T>(make: () => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

interface Told {
  middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<unknown>,
        context: { clientName?: string; commandName?: string },
      ) => (args: never) => Promise<unknown>,
      options: { step: 'initialize'; name: string },
    ): void;
  };
}

/** AWS says what went wrong and seldom in which call: its errors carry `call` from here on, such as `SageMaker CreateModel`. */
const telling = <Client>(client: Client): Client => {
  (client as unknown as Told).middlewareStack.add(
    (next, { clientName = '', commandName = '' }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          const call = `${clientName.replace(/Client$/, '')} ${commandName.replace(/Command$/, '')}`;
          throw error instanceof Error ? Object.assign(error, { call }) : error;
        }
      },
    { step: 'initialize', name: 'callOfError' },
  );
  return client;
};

export const cloudwatch = /* @__PURE__ */ once(() => telling(new CloudWatchClient({})));
export const logs = /* @__PURE__ */ once(() => telling(new CloudWatchLogsClient({})));
export const lambda = /* @__PURE__ */ once(() => telling(new LambdaClient({})));
export const s3 = /* @__PURE__ */ once(() => telling(new S3Client({})));
export const sagemaker = /* @__PURE__ */ once(() => telling(new SageMakerClient({})));
export const sagemakerRuntime = /* @__PURE__ */ once(() => telling(new SageMakerRuntimeClient({})));
export const scheduler = /* @__PURE__ */ once(() => telling(new SchedulerClient({})));
export const sfn = /* @__PURE__ */ once(() => telling(new SFNClient({})));
/** A publish has no name by which a repetition could be told: what the SDK would try again by itself might come twice. */
export const sns = /* @__PURE__ */ once(() => telling(new SNSClient({ maxAttempts: 1 })));
export const dynamodb = /* @__PURE__ */ once(() =>
  DynamoDBDocumentClient.from(telling(new DynamoDBClient({})), { marshallOptions: { removeUndefinedValues: true } }),
);
