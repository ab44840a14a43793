import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
  StopTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  type TrainingInstanceType,
} from '@aws-sdk/client-sagemaker';
import { gunzipSync } from 'node:zlib';
import {
  bucket,
  builtIn,
  eventually,
  openSageMakerWorld,
  trainingRequest,
  type SageMakerWorld,
} from '../../../fixtures/sagemakerWorld.ts';

let world: SageMakerWorld;

beforeAll(async () => {
  world = await openSageMakerWorld({ timing: { trainingGrace: 200 }, concurrentJobs: 2 });
  await world.put('train/a.csv', '1,10\n3,20\n');
  await world.put('train/deep/b.csv', '5,30\n');
});
afterAll(() => world.close());

const create = (input: CreateTrainingJobCommandInput) => world.sagemaker.send(new CreateTrainingJobCommand(input));
const describeJob = (TrainingJobName: string) =>
  world.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
const stop = (TrainingJobName: string) => world.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName }));
const until = (name: string, ...statuses: string[]) =>
  eventually(
    () => describeJob(name),
    ({ TrainingJobStatus = '', SecondaryStatus = '' }) =>
      statuses.includes(TrainingJobStatus) || statuses.includes(SecondaryStatus),
  );
const ended = (name: string) => until(name, 'Completed', 'Failed', 'Stopped');
/** After the container has written its model. */
const trained = (name: string) =>
  eventually(
    () =>
      world.logs
        .send(
          new FilterLogEventsCommand({ logGroupName: '/aws/sagemaker/TrainingJobs', logStreamNamePrefix: `${name}/` }),
        )
        .catch(() => ({ events: [] })),
    ({ events = [] }) => events.some(({ message }) => message?.includes('<loss>=')),
  );

describe('a training job', () => {
  test('runs from Starting to Completed and leaves its model in S3', async () => {
    const { TrainingJobArn } = await create({
      ...trainingRequest('mean-of-train'),
      Tags: [{ Key: 'pipeline', Value: 'boston' }],
    });
    expect(TrainingJobArn).toBe('arn:aws:sagemaker:eu-west-1:000000000000:training-job/mean-of-train');
    const job = await ended('mean-of-train');
    expect(job.FailureReason).toBeUndefined();
    expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual([
      'Starting',
      'Downloading',
      'Training',
      'Uploading',
      'Completed',
    ]);
    expect(job.SecondaryStatusTransitions?.every(({ EndTime }) => EndTime instanceof Date)).toBe(true);
    expect(job.TrainingEndTime?.getTime()).toBeGreaterThanOrEqual(job.TrainingStartTime?.getTime() ?? Infinity);
    const model = `s3://${bucket}/models/mean-of-train/output/model.tar.gz`;
    expect(job.ModelArtifacts).toEqual({ S3ModelArtifacts: model });
    const archive = gunzipSync(await world.get('models/mean-of-train/output/model.tar.gz')).toString();
    expect(archive).toContain('mean.json');
    expect(archive).toContain('{"mean":3}');
    expect(gunzipSync(await world.get('models/mean-of-train/output/output.tar.gz')).toString()).toContain('rows.txt');
    const tags = await world.sagemaker.send(new ListTagsCommand({ ResourceArn: TrainingJobArn }));
    expect(tags.Tags).toEqual([{ Key: 'pipeline', Value: 'boston' }]);
  });

  test('shows the last value of every metric its log lines held', async () => {
    const { FinalMetricDataList } = await describeJob('mean-of-train');
    expect(FinalMetricDataList).toEqual([{ MetricName: 'loss', Value: 1.5, Timestamp: expect.any(Date) }]);
  });

  test('writes its log lines to CloudWatch Logs', async () => {
    const { events = [] } = await trained('mean-of-train');
    expect(events[0]?.logStreamName).toMatch(/^mean-of-train\/algo-1-\d{10}$/);
    expect(events.map(({ message }) => message)).toContain(
      'training on algo-1 with {"train":{"TrainingInputMode":"File","S3DistributionType":"FullyReplicated","RecordWrapperType":"None","ContentType":"text/csv"}}',
    );
  });

  test('announces every change, with times in epoch milliseconds and tags as an object', async () => {
    const mine = await eventually(
      () => Promise.resolve(world.heard.filter(({ detail }) => detail['TrainingJobName'] === 'mean-of-train')),
      (heard) => heard.at(-1)?.detail['SecondaryStatus'] === 'Completed',
    );
    expect(mine.map(({ detail }) => detail['SecondaryStatus'])).toEqual([
      'Starting',
      'Downloading',
      'Training',
      'Uploading',
      'Completed',
    ]);
    const last = mine.at(-1);
    expect(last?.detailType).toBe('SageMaker Training Job State Change');
    expect(last?.detail).toMatchObject({ TrainingJobStatus: 'Completed', Tags: { pipeline: 'boston' } });
    expect(last?.detail['CreationTime']).toBeGreaterThan(1e12);
  });

  test('packs the same model into the same bytes', async () => {
    await create(trainingRequest('mean-again'));
    await ended('mean-again');
    const [one, two] = await Promise.all(
      ['mean-of-train', 'mean-again'].map((name) => world.get(`models/${name}/output/model.tar.gz`)),
    );
    expect(one?.equals(two ?? Buffer.of())).toBe(true);
  });
});

describe('a training job that fails', () => {
  test('tells what its container left in output/failure, and the exit code', async () => {
    await create(trainingRequest('says-why', { fail: 'ClientError: column 3 is not a number' }));
    expect(await ended('says-why')).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: 'ClientError: column 3 is not a number, exit code: 3',
    });
    await eventually(
      () => Promise.resolve(world.heard.filter(({ detail }) => detail['TrainingJobStatus'] === 'Failed')),
      (failed) => failed.at(-1)?.detail['FailureReason'] === 'ClientError: column 3 is not a number, exit code: 3',
    );
  });

  test('is an AlgorithmError when the container only died, with its stack in the log', async () => {
    await create(trainingRequest('only-died', { throw: 'out of ideas' }));
    expect((await ended('only-died')).FailureReason).toBe('AlgorithmError: , exit code: 1');
  });

  test('cuts a long reason so that the exit code stays', async () => {
    await create(trainingRequest('talks-long', { fail: 'x'.repeat(2400) }));
    const { FailureReason = '' } = await ended('talks-long');
    expect(FailureReason).toHaveLength(1024);
    expect(FailureReason).toMatch(/^AlgorithmError: x+, exit code: 3$/);
  });

  test('fails with the known images when nothing stands for its image', async () => {
    const request = trainingRequest('no-image');
    await create({
      ...request,
      AlgorithmSpecification: { TrainingInputMode: 'File', TrainingImage: 'somewhere/else:1' },
    });
    expect((await ended('no-image')).FailureReason).toMatch(
      /^ClientError: .*somewhere\/else:1; it has: mean, built-in$/,
    );
  });

  test('fails when its role may not read the data', async () => {
    await world.put('secret/a.csv', '1\n');
    const request = trainingRequest('no-access');
    const [channel] = request.InputDataConfig ?? [];
    const S3Uri = `s3://${bucket}/secret/`;
    await create({
      ...request,
      InputDataConfig: [
        { ...channel, ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri } } },
      ],
    });
    expect((await ended('no-access')).FailureReason).toMatch(
      /^ClientError: Data download failed: channel train, s3:\/\/ml-data\/secret\/: AccessDenied: .*assumed-role\/training\/SageMaker/,
    );
  });
});

describe('a training job that is stopped', () => {
  test('keeps the model it had when it heeds the signal', async () => {
    await create(trainingRequest('heeds', { wait: '1' }));
    await trained('heeds');
    await stop('heeds');
    const job = await ended('heeds');
    expect(job.TrainingJobStatus).toBe('Stopped');
    expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status).slice(-2)).toEqual(['Stopping', 'Stopped']);
    expect(job.ModelArtifacts?.S3ModelArtifacts).toBe(`s3://${bucket}/models/heeds/output/model.tar.gz`);
  });

  test('is killed after the grace when it does not', async () => {
    await create(trainingRequest('ignores', { hang: '1' }));
    await trained('ignores');
    await stop('ignores');
    expect((await ended('ignores')).SecondaryStatus).toBe('Stopped');
  });

  test('ends Stopped / MaxRuntimeExceeded when its time is up', async () => {
    await create({ ...trainingRequest('too-long', { wait: '1' }), StoppingCondition: { MaxRuntimeInSeconds: 1 } });
    const job = await ended('too-long');
    expect(job).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxRuntimeExceeded' });
    expect(job.ModelArtifacts?.S3ModelArtifacts).toMatch(/too-long/);
  });

  test('may wait for a slot, and be stopped while it waits', async () => {
    for (const name of ['slot-one', 'slot-two']) await create(trainingRequest(name, { wait: '1' }));
    await create(trainingRequest('waits'));
    await until('waits', 'Pending');
    await stop('waits');
    expect((await ended('waits')).TrainingStartTime).toBeUndefined();
    for (const name of ['slot-one', 'slot-two']) {
      await stop(name);
      await ended(name);
    }
  });

  test('cannot be stopped again', async () => {
    await expect(stop('heeds')).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'The request was rejected because the training job is in status Stopped.',
    });
  });
});

describe('a request that SageMaker refuses', () => {
  test('names a job that exists', async () => {
    await expect(create(trainingRequest('MEAN-of-train'))).rejects.toMatchObject({
      name: 'ResourceInUse',
      message: expect.stringMatching(/^Training job names must be unique within an AWS account and region/),
    });
  });

  test('names a prefix without objects', async () => {
    const request = trainingRequest('nothing-there');
    const S3Uri = `s3://${bucket}/empty/`;
    request.InputDataConfig = [
      { ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri } } },
    ];
    await expect(create(request)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(/^No S3 objects found under S3 URL "s3:\/\/ml-data\/empty\/"/),
    });
  });

  test.each(['missing', 'distrusting'])('passes a role that is %s', async (RoleName) => {
    const RoleArn = `arn:aws:iam::000000000000:role/${RoleName}`;
    await expect(create({ ...trainingRequest('roleless'), RoleArn })).rejects.toMatchObject({
      name: 'ValidationException',
      message: `Could not assume role ${RoleArn}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`,
    });
  });

  test('breaks a constraint', async () => {
    await expect(create(trainingRequest('under_score'))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(/^1 validation error detected: Value 'under_score' at 'trainingJobName'/),
    });
    const request = trainingRequest('no-such-instance');
    // @ts-expect-error -- the SDK's types know the instances
    const tiny: TrainingInstanceType = 'ml.m5.tiny';
    await expect(
      create({ ...request, ResourceConfig: { ...request.ResourceConfig, InstanceType: tiny } }),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    const dots = trainingRequest('dots');
    const [channel] = dots.InputDataConfig ?? [];
    const climbing = { ...channel, ChannelName: '..', DataSource: channel?.DataSource };
    await expect(create({ ...dots, InputDataConfig: [climbing] })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  test('gives metric definitions to a built-in algorithm, which has its own', async () => {
    const request = trainingRequest('built-in-metrics');
    const AlgorithmSpecification = { TrainingImage: builtIn, TrainingInputMode: 'File' as const };
    await expect(
      create({
        ...request,
        AlgorithmSpecification: { ...AlgorithmSpecification, MetricDefinitions: [{ Name: 'a', Regex: '(1)' }] },
      }),
    ).rejects.toMatchObject({ message: expect.stringMatching(/^You can't override the metric definitions/) });
    await create({ ...request, AlgorithmSpecification });
    expect((await ended('built-in-metrics')).FinalMetricDataList?.map(({ MetricName }) => MetricName)).toEqual([
      'train:loss',
    ]);
  });

  test.each([
    ['EnableManagedSpotTraining', { EnableManagedSpotTraining: true }],
    ['CheckpointConfig', { CheckpointConfig: { S3Uri: 's3://ml-data/c' } }],
    [
      'InstanceCount',
      { ResourceConfig: { InstanceType: 'ml.m5.xlarge' as const, InstanceCount: 2, VolumeSizeInGB: 1 } },
    ],
  ])('asks for what the runtime does not do: %s', async (member, part) => {
    await expect(create({ ...trainingRequest('asks-much'), ...part })).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining(member),
    });
  });

  test('asks for a job that does not exist', async () => {
    for (const ask of [describeJob, stop])
      await expect(ask('nobody')).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringMatching(/^Requested resource not found/),
      });
  });
});

test('jobs are listed by status and name, in order, page by page', async () => {
  const list = (input: object) => world.sagemaker.send(new ListTrainingJobsCommand(input));
  const failed = await list({ StatusEquals: 'Failed', NameContains: 'talks' });
  expect(failed.TrainingJobSummaries?.map(({ TrainingJobName }) => TrainingJobName)).toEqual(['talks-long']);
  const names: (string | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const page = await list({ SortBy: 'Name', SortOrder: 'Descending', MaxResults: 3, NextToken });
    names.push(...(page.TrainingJobSummaries ?? []).map(({ TrainingJobName }) => TrainingJobName));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  expect(names).toEqual(names.toSorted((a = '', b = '') => (a < b ? 1 : -1)));
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('mean-of-train');
  await expect(list({ NextToken: 'nonsense' })).rejects.toMatchObject({ name: 'ValidationException' });
});
