import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  CreateTrainingJobCommand,
  CreateTransformJobCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { hosting } from '../../../fixtures/hosting.ts';
import { meanModel } from '../../../fixtures/modelArchives.ts';
import {
  bucket,
  eventually,
  openSageMakerWorld,
  trainingRequest,
  type SageMakerWorld,
} from '../../../fixtures/sagemakerWorld.ts';

const job = ({ sagemaker }: SageMakerWorld, TrainingJobName: string) =>
  sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
const reach = (world: SageMakerWorld, name: string, ...statuses: string[]) =>
  eventually(
    () => job(world, name),
    ({ TrainingJobStatus = '', SecondaryStatus = '' }) =>
      statuses.includes(TrainingJobStatus) || statuses.includes(SecondaryStatus),
  );
const stop = ({ sagemaker }: SageMakerWorld, TrainingJobName: string) =>
  sagemaker.send(new StopTrainingJobCommand({ TrainingJobName }));

describe('a runtime that was killed', () => {
  let before: SageMakerWorld;
  let after: SageMakerWorld;
  beforeAll(async () => {
    const timing = { trainingGrace: 60_000 };
    before = await openSageMakerWorld({ timing, concurrentJobs: 3 });
    await before.put('train/a.csv', '1\n3\n');
    await before.put('rows/slow.csv', 'slow\n');
    const host = hosting(before);
    await host.model('two', await meanModel(2));
    await host.config('two', { two: 1 });
    await host.endpoint('means', 'two');
    const start = (name: string, how: Record<string, string>) =>
      before.sagemaker.send(new CreateTrainingJobCommand(trainingRequest(name, how)));
    await start('under-way', { wait: '1' });
    await start('being-stopped', { hang: '1' });
    await reach(before, 'under-way', 'Training');
    await reach(before, 'being-stopped', 'Training');
    await stop(before, 'being-stopped');
    await before.sagemaker.send(
      new CreateTransformJobCommand({
        TransformJobName: 'predicting',
        ModelName: 'two',
        TransformInput: {
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/rows/` } },
          ContentType: 'text/csv',
          SplitType: 'Line',
        },
        TransformOutput: { S3OutputPath: `s3://${bucket}/out`, Accept: 'text/csv', AssembleWith: 'Line' },
        TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      }),
    );
    after = await openSageMakerWorld({ killed: before.dataDir, timing, concurrentJobs: 3 });
  });
  afterAll(async () => {
    await stop(before, 'under-way').catch(() => {});
    await Promise.all([before.close(), after.close()]);
  });

  test('starts an interrupted training job again, from the beginning, once', async () => {
    await reach(after, 'under-way', 'Training');
    await stop(after, 'under-way');
    const { SecondaryStatusTransitions, ModelArtifacts } = await reach(after, 'under-way', 'Stopped');
    expect(SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual([
      'Starting',
      'Downloading',
      'Training',
      'Interrupted',
      'Starting',
      'Downloading',
      'Training',
      'Stopping',
      'Stopped',
    ]);
    expect(ModelArtifacts?.S3ModelArtifacts).toMatch(/under-way\/output\/model.tar.gz$/);
    // The state is told before the event is delivered.
    const announced = await eventually(
      async () =>
        after.heard
          .filter(({ detail }) => detail['TrainingJobName'] === 'under-way')
          .map(({ detail }) => detail['SecondaryStatus']),
      (statuses) => statuses.includes('Stopped'),
    );
    expect(announced).toEqual(
      expect.arrayContaining(['Interrupted', 'Starting', 'Downloading', 'Training', 'Stopping', 'Stopped']),
    );
  });

  test('lets a job that was being stopped end Stopped', async () => {
    expect((await reach(after, 'being-stopped', 'Stopped')).SecondaryStatus).toBe('Stopped');
  });

  test('does a transform job again', async () => {
    const describeJob = () => after.sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: 'predicting' }));
    const ended = await eventually(describeJob, ({ TransformJobStatus }) => TransformJobStatus !== 'InProgress');
    expect(ended.TransformJobStatus).toBe('Completed');
    expect((await after.get('out/slow.csv.out')).toString()).toBe('2\n');
  });

  test('serves its endpoints', async () => {
    expect((await hosting(after).ask('means', '1')).text).toBe('2\n');
  });
});

test('an event the bus refused is sent again, and is not lost with the process', async () => {
  const first = await openSageMakerWorld();
  await first.put('train/a.csv', '1\n');
  first.deaf(true);
  await first.sagemaker.send(new CreateTrainingJobCommand(trainingRequest('unheard')));
  await reach(first, 'unheard', 'Completed');
  expect(first.heard).toEqual([]);
  const second = await openSageMakerWorld({ killed: first.dataDir });
  const heard = await eventually(
    () => Promise.resolve(second.heard.map(({ detail }) => detail['SecondaryStatus'])),
    (statuses) => statuses.length === 5,
  );
  expect(heard).toEqual(['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
  await Promise.all([first.close(), second.close()]);
});
