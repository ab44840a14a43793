/** The contract between SageMaker's runners and the containers of the catalogue, with real training. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  CreateTransformJobCommand,
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
} from '@aws-sdk/client-sagemaker';
import { fileURLToPath } from 'node:url';
import { algorithms } from '../../algorithms/index.ts';
import { hosting } from '../fixtures/hosting.ts';
import { bucket, eventually, openSageMakerWorld, roleArn, type SageMakerWorld } from '../fixtures/sagemakerWorld.ts';

const entry = fileURLToPath(new URL('../../dist/algorithms/container.mjs', import.meta.url));

let world: SageMakerWorld;

/** y = 2a - b, label first. */
const rows = Array.from({ length: 300 }, (_, i) => [i % 17, (i * 7) % 11] as const);
const labelled = rows.map(([a, b]) => `${2 * a - b},${a},${b}`).join('\n');
const features = rows.slice(0, 5).map(([a, b]) => `${a},${b}`);

beforeAll(async () => {
  world = await openSageMakerWorld({
    containers(image) {
      const found = Object.values(algorithms).find(({ repositories }) => repositories.some((it) => image.includes(it)));
      if (!found) return undefined;
      const metricDefinitions = found.metrics.map(({ name, regex }) => ({ Name: name, Regex: regex }));
      return { entry, workerData: { algorithm: found.name }, metricDefinitions };
    },
  });
  await world.put('train/part.csv', `${labelled}\n`);
  await world.put('score/part.csv', `${features.join('\n')}\n`);
});
afterAll(() => world.close());

const settings: Record<string, Record<string, string>> = {
  xgboost: { num_round: '30', max_depth: '4', objective: 'reg:squarederror' },
  'linear-learner': { predictor_type: 'regressor', feature_dim: '2', mini_batch_size: '50', epochs: '10' },
};

test.each(Object.keys(settings))('%s trains, transforms and serves', async (name) => {
  const manifest = algorithms[name];
  if (!manifest) throw new Error(`${name} is not in the catalogue`);
  const TrainingImage = manifest.imageUri('eu-west-1');
  const { inference } = manifest;
  const Accept = inference.accept;
  const s3 = (S3Uri: string) => ({
    S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: `s3://${bucket}/${S3Uri}` },
  });
  const { sagemaker } = world;
  await sagemaker.send(
    new CreateTrainingJobCommand({
      TrainingJobName: name,
      RoleArn: roleArn,
      HyperParameters: settings[name],
      AlgorithmSpecification: { TrainingImage, TrainingInputMode: 'File' },
      InputDataConfig: ['train', 'validation'].map((ChannelName) => ({
        ChannelName,
        ContentType: 'text/csv',
        DataSource: s3('train/'),
      })),
      OutputDataConfig: { S3OutputPath: `s3://${bucket}/models` },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 600 },
    }),
  );
  const job = await eventually(
    () => sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name })),
    ({ TrainingJobStatus }) => TrainingJobStatus !== 'InProgress',
  );
  expect(job.FailureReason).toBeUndefined();
  expect(job.FinalMetricDataList?.length).toBeGreaterThan(0);

  const ModelDataUrl = job.ModelArtifacts?.S3ModelArtifacts;
  await sagemaker.send(
    new CreateModelCommand({
      ModelName: name,
      ExecutionRoleArn: roleArn,
      PrimaryContainer: { Image: TrainingImage, ModelDataUrl },
    }),
  );
  await sagemaker.send(
    new CreateTransformJobCommand({
      TransformJobName: name,
      ModelName: name,
      TransformInput: { DataSource: s3('score/'), ContentType: 'text/csv', SplitType: 'Line' },
      TransformOutput: { S3OutputPath: `s3://${bucket}/out/${name}`, Accept, AssembleWith: 'Line' },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
    }),
  );
  const transform = await eventually(
    () => sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: name })),
    ({ TransformJobStatus }) => TransformJobStatus !== 'InProgress',
  );
  expect(transform.FailureReason).toBeUndefined();
  const scored = inference.parse((await world.get(`out/${name}/part.csv.out`)).toString(), 'regression').map(Number);
  expect(scored).toHaveLength(features.length);
  for (const [i, score] of scored.entries()) {
    const [a, b] = rows[i] ?? [0, 0];
    expect(Math.abs(score - (2 * a - b))).toBeLessThan(3);
  }

  const variant = {
    VariantName: 'all',
    ModelName: name,
    InitialInstanceCount: 1,
    InstanceType: 'ml.m5.large',
  } as const;
  await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [variant] }));
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
  await eventually(
    () => sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })),
    ({ EndpointStatus }) => EndpointStatus === 'InService',
  );
  const { text } = await hosting(world).ask(name, features.join('\n'), { Accept });
  expect(inference.parse(text, 'regression')).toEqual(scored);
});
