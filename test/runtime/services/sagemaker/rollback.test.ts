/** Updates of an endpoint that go wrong: alarms, restarts, too little time, a fleet that is lost. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { CreateEndpointCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testClock } from '../../../../runtime/clock.ts';
import { canary, openDeployments, percent, variant, type Deploying } from '../../../fixtures/deployments.ts';
import { meanModel } from '../../../fixtures/modelArchives.ts';
import { bucket, eventually, type SageMakerWorld } from '../../../fixtures/sagemakerWorld.ts';

const second = 1000;
const clock = testClock(Date.now());
let world: SageMakerWorld;
let host: Deploying;

beforeAll(async () => {
  ({ world, host } = await openDeployments(clock, { three: [3], four: [4], broken: [5, { broken: true }] }));
});
afterAll(() => world.close());

const statusesOf = (name: string) =>
  world.heard
    .filter((it) => it.detailType === 'SageMaker Endpoint State Change')
    .filter(({ detail }) => detail['EndpointName'] === name)
    .map(({ detail }) => detail['EndpointStatus']);

describe('an alarm', () => {
  const watch = (AlarmName: string, endpoint: string, config: string, TreatMissingData = 'notBreaching') =>
    world.cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Namespace: 'AWS/SageMaker',
        MetricName: 'Invocation5XXErrors',
        Dimensions: [
          { Name: 'EndpointName', Value: endpoint },
          { Name: 'VariantName', Value: variant },
          { Name: 'EndpointConfigName', Value: config },
        ],
        Statistic: 'Average',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 0.1,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData,
      }),
    );

  test('that goes off while a bad challenger bakes takes all traffic back to the champion', async () => {
    await host.endpoint('guarded', 'three');
    await watch('challenger-errors', 'guarded', 'broken');
    await host.update('guarded', 'broken', canary(['challenger-errors']));
    await host.baking('guarded', 1);
    const { 3: good = 0, ModelError: bad = 0 } = await host.answers('guarded', 100);
    expect(good + bad).toBe(100);
    expect(bad).toBeGreaterThan(0);
    await clock.advance(70 * second);
    const back = await host.at('guarded', 'InService');
    expect(back).toMatchObject({
      EndpointConfigName: 'three',
      FailureReason: 'The deployment was rolled back because alarms went off while it was under way: challenger-errors',
      ProductionVariants: [{ VariantName: variant }],
    });
    expect(back.PendingDeploymentSummary).toBeUndefined();
    expect(await host.answers('guarded', 100)).toEqual({ 3: 100 });
    await eventually(
      () => Promise.resolve(statusesOf('guarded').join()),
      (all) => all === 'CREATING,IN_SERVICE,UPDATING,ROLLING_BACK,IN_SERVICE',
    );
    // The next update is not held against the last.
    await host.update('guarded', 'four');
    expect(await host.at('guarded', 'InService')).toMatchObject({ EndpointConfigName: 'four' });
    expect((await host.describe('guarded')).FailureReason).toBeUndefined();
  });

  test('that keeps quiet lets the update through', async () => {
    await host.endpoint('calm', 'three');
    await watch('calm-errors', 'calm', 'four');
    await host.update('calm', 'four', canary(['calm-errors']));
    await host.baking('calm', 1);
    await host.answers('calm', 50);
    await clock.advance(300 * second);
    await host.baking('calm', 4);
    await clock.advance(120 * second);
    expect((await host.at('calm', 'InService')).EndpointConfigName).toBe('four');
  });

  test('must exist', async () => {
    await host.endpoint('strict', 'three');
    await expect(host.update('strict', 'four', canary(['nobody']))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('could not find: nobody'),
    });
    expect((await host.describe('strict')).EndpointStatus).toBe('InService');
    const creation = new CreateEndpointCommand({
      EndpointName: 'stricter',
      EndpointConfigName: 'three',
      DeploymentConfig: canary(['nobody']),
    });
    await expect(world.sagemaker.send(creation)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('whose rollback finds no fleet to return to leaves UpdateRollbackFailed', async () => {
    await host.model('lost', await meanModel(8));
    await host.config('lost', { lost: 1 }, 4, variant);
    await host.endpoint('stranded', 'lost');
    // Nobody asks this endpoint anything: the alarm keeps the state that it is set to.
    await watch('stranded-errors', 'stranded', 'four', 'ignore');
    await host.update('stranded', 'four', canary(['stranded-errors']));
    await host.baking('stranded', 1);
    await world.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'models/lost.tar.gz' }));
    await rm(join(world.dataDir, 'sagemaker/serving/stranded/1'), { recursive: true });
    await world.restart();
    await host.baking('stranded', 1);
    await world.cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: 'stranded-errors', StateValue: 'ALARM', StateReason: 'a drill' }),
    );
    await clock.advance(10 * second);
    const { FailureReason } = await host.at('stranded', 'UpdateRollbackFailed');
    expect(FailureReason).toMatch(/Could not find model data.*alarms went off while it was under way: stranded-errors/);
  });
});

test('a restart goes on with the step an update was at', async () => {
  await host.endpoint('restarted', 'three');
  await host.update('restarted', 'four', canary());
  await host.baking('restarted', 1);
  await clock.advance(200 * second);
  await world.restart();
  await host.baking('restarted', 1);
  expect((await host.answers('restarted', 60))['3']).toBeGreaterThan(0);
  await clock.advance(100 * second);
  await host.baking('restarted', 4);
  await clock.advance(120 * second);
  expect((await host.at('restarted', 'InService')).EndpointConfigName).toBe('four');
});

test('an update that takes too long is rolled back', async () => {
  await host.endpoint('late', 'three');
  await host.update('late', 'four', {
    RollingUpdatePolicy: {
      MaximumBatchSize: percent(50),
      WaitIntervalInSeconds: 400,
      MaximumExecutionTimeoutInSeconds: 600,
    },
  });
  await host.baking('late', 2);
  await clock.advance(400 * second);
  await host.baking('late', 4);
  await clock.advance(200 * second);
  const back = await host.at('late', 'InService');
  expect(back.EndpointConfigName).toBe('three');
  expect(back.FailureReason).toMatch(/MaximumExecutionTimeoutInSeconds, 600 seconds/);
});
