/** What a function finds around it: a real ledger and bucket in a runtime, SageMaker and Step Functions as the test scripts them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { openRuntime } from '../../runtime/index.ts';
import { allServices } from '../../runtime/services/index.ts';
import type { SageMakerOptions } from '../../runtime/services/sagemaker/index.ts';
import { keys, modelName } from '../../spec/names.ts';
import { parsePipeline } from '../../spec/parsePipeline.ts';
import type { CandidateResult, Champion, Plan, RegisteredModel } from '../../spec/run.ts';

export const bucket = 'function-world';

/** A handler as tests call it: with the context that it looks at. */
export const called =
  (handler: (event: never, context: never) => unknown) =>
  async (event: unknown): Promise<unknown> =>
    handler(event as never, context as never);

export const openFunctionWorld = async (containers: SageMakerOptions['containers'] = () => undefined) => {
  const folder = mkdtempSync(join(tmpdir(), 'functions-'));
  const runtime = await openRuntime({
    dataDir: folder,
    services: allServices({ containers }),
  });
  const { endpoint, region, credentials } = runtime;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    BUCKET_NAME: bucket,
    TABLE_NAME: 'ledger',
    STACK: 'sluice-dev',
    TOPIC_ARN: `arn:aws:sns:${region}:000000000000:told`,
    TRAIN_MACHINE_ARN: `arn:aws:states:${region}:000000000000:stateMachine:sluice-dev-train`,
    MACHINE_PREFIX: `arn:aws:states:${region}:000000000000:stateMachine:sluice-dev-`,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  const settings = { endpoint, region, credentials };
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await new DynamoDBClient(settings).send(
    new CreateTableCommand({
      TableName: 'ledger',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'listed', 'startedAt'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byTime',
          KeySchema: [
            { AttributeName: 'listed', KeyType: 'HASH' },
            { AttributeName: 'startedAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  return {
    settings,
    runtime,
    async put(Key: string, Body: string) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    },
    async get(Key: string) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return Body?.transformToString();
    },
    /** Writes the frozen plan of a run that deploys to an endpoint, and what its candidate was measured at. */
    async plan(runId: string, champion?: Champion, deploy = '', deploys?: RegisteredModel) {
      const plan: Plan = {
        runId,
        source: { bucket, key: `drop/${pipeline}/data.csv` },
        pipeline: parsePipeline(`name: ${pipeline}\ndeploy: { target: endpoint${deploy} }`, 'test'),
        candidates: [{ id: 0, algorithm: 'xgboost', imageUri: 'registry/xgboost:1', hyperparameters: {} }],
        ...(champion && { champion }),
        ...(deploys && { deploys }),
      };
      const result: CandidateResult = {
        candidate: 0,
        algorithm: 'xgboost',
        modelName: modelName(runId, 0),
        metrics: { auc: 0.9 },
        threshold: 0.3,
      };
      await Promise.all(
        [
          { Key: keys.plan(runId), Body: JSON.stringify(plan) },
          { Key: keys.metrics(runId, 0), Body: JSON.stringify(result) },
        ].map((object) => s3.send(new PutObjectCommand({ Bucket: bucket, ...object }))),
      );
    },
    async close() {
      await runtime.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export const pipeline = 'churn';
export const runIdNumber = (n: number) => `${pipeline}-${String(n).padStart(16, '0')}`;

export const championOf = (runId: string): Champion => ({
  runId,
  algorithm: 'xgboost',
  modelName: `${runId}-c0`,
  modelPackageArn: 'arn:aws:sagemaker:eu-west-1:000000000000:model-package/churn/1',
  recipeKey: keys.modelRecipe(pipeline, runId),
  target: 'endpoint',
  endpointConfigName: runId,
});

export const context = { functionName: 'test', awsRequestId: 'test' } as Context;

interface Command {
  constructor: { name: string };
  input: object;
}

/** Answers the calls of a client from a table by command; a command without an entry is answered with nothing. */
export const script = (client: unknown, answers: Record<string, (input: Record<string, string>) => unknown>) => {
  const calls: string[] = [];
  (client as { send: unknown }).send = async ({ constructor, input }: Command) => {
    const name = constructor.name.replace(/Command$/, '');
    calls.push(name);
    return (await answers[name]?.(input as Record<string, string>)) ?? {};
  };
  return calls;
};

export const awsError = (name: string, message: string) => Object.assign(new Error(message), { name });

/** Every part of the ledger, loaded once the environment names its table. */
export const openLedger = async () => ({
  ...(await import('../../functions/lib/ledger/approval.ts')),
  ...(await import('../../functions/lib/ledger/challenger.ts')),
  ...(await import('../../functions/lib/ledger/champion.ts')),
  ...(await import('../../functions/lib/ledger/lock.ts')),
  ...(await import('../../functions/lib/ledger/queue.ts')),
  ...(await import('../../functions/lib/ledger/runs.ts')),
  ...(await import('../../functions/lib/ledger/telling.ts')),
  ...(await import('../../functions/lib/ledger/tokens.ts')),
  ...(await import('../../functions/lib/ledger/uses.ts')),
});
