/** Updates of an endpoint under a clock that the test moves: traffic in steps, requests in flight, configurations that are refused. */
import { GetMetricStatisticsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointConfigCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
  type DeploymentConfig,
  type TrafficRoutingConfig,
} from '@aws-sdk/client-sagemaker';
import type { ModelError } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testClock } from '../../../../runtime/clock.ts';
import { blueGreen, canary, openDeployments, percent, variant, type Deploying } from '../../../fixtures/deployments.ts';
import type { SageMakerWorld } from '../../../fixtures/sagemakerWorld.ts';

const second = 1000;
const clock = testClock(Date.now());
let world: SageMakerWorld;
let host: Deploying;

beforeAll(async () => {
  ({ world, host } = await openDeployments(clock, { three: [3], four: [4], slow: [6, { load: 400 }] }));
});
afterAll(() => world.close());

const stages = (name: string) =>
  world.heard
    .filter((it) => it.detailType === 'SageMaker Endpoint Deployment State Change')
    .filter(({ detail }) => detail['EndpointName'] === name)
    .map(({ detail }) => {
      const { PendingDeploymentSummary: pending } = detail as {
        PendingDeploymentSummary: { ProductionVariants: { VariantStatus: { StatusMessage: string }[] }[] };
      };
      return pending.ProductionVariants[0]?.VariantStatus[0]?.StatusMessage;
    });

describe('traffic moves', () => {
  test('to a canary first, and then altogether', async () => {
    await host.endpoint('canary', 'three');
    await host.update('canary', 'four', canary());
    const atCanary = await host.baking('canary', 1);
    expect(atCanary).toMatchObject({
      EndpointStatus: 'Updating',
      EndpointConfigName: 'three',
      ProductionVariants: [{ VariantName: variant, CurrentInstanceCount: 4 }],
      PendingDeploymentSummary: {
        EndpointConfigName: 'four',
        StartTime: new Date(clock.now()),
        ProductionVariants: [
          {
            VariantName: variant,
            CurrentInstanceCount: 1,
            DesiredInstanceCount: 4,
            VariantStatus: [
              {
                Status: 'Baking',
                StatusMessage:
                  'Baking for 300 seconds (WaitIntervalInSeconds) with traffic enabled on canary capacity of 1 instance(s).',
              },
            ],
          },
        ],
      },
    });
    const { 3: old = 0, 4: fresh = 0, ...others } = await host.answers('canary', 400);
    expect(others).toEqual({});
    expect(old + fresh).toBe(400);
    // A quarter, give or take five standard deviations.
    expect(Math.abs(fresh - 100)).toBeLessThan(45);
    // The name of both does not tell one from the other.
    const named = await host.answers('canary', 400, { TargetVariant: variant });
    expect(Math.abs((named['4'] ?? 0) - 100)).toBeLessThan(45);
    await clock.advance(299 * second);
    expect((await host.answers('canary', 50))['3']).toBeGreaterThan(0);
    await clock.advance(second);
    const full = await host.baking('canary', 4);
    expect(full).toMatchObject({ EndpointStatus: 'Updating', EndpointConfigName: 'three' });
    expect(await host.answers('canary', 50)).toEqual({ 4: 50 });
    await clock.advance(120 * second);
    const done = await host.at('canary', 'InService');
    expect(done).toMatchObject({ EndpointConfigName: 'four', LastDeploymentConfig: canary() });
    expect(done.PendingDeploymentSummary).toBeUndefined();
    expect(await host.answers('canary', 50)).toEqual({ 4: 50 });
    expect(stages('canary')).toEqual([
      'Activating traffic on canary capacity of 1 instance(s).',
      'Baking for 300 seconds (WaitIntervalInSeconds) with traffic enabled on canary capacity of 1 instance(s).',
      'Activating traffic on full capacity of 4 instance(s).',
      'Baking for 120 seconds (TerminationWaitInSeconds) with traffic enabled on full capacity of 4 instance(s).',
    ]);
  });

  test('in equal steps', async () => {
    await host.endpoint('linear', 'three');
    const routing = { Type: 'LINEAR' as const, LinearStepSize: percent(50), WaitIntervalInSeconds: 60 };
    await host.update('linear', 'four', blueGreen(routing, 0));
    await host.baking('linear', 2);
    await clock.advance(60 * second);
    expect((await host.at('linear', 'InService')).EndpointConfigName).toBe('four');
  });

  test('batch by batch', async () => {
    await host.endpoint('rolling', 'three');
    await host.update('rolling', 'four', {
      RollingUpdatePolicy: { MaximumBatchSize: { Type: 'INSTANCE_COUNT', Value: 1 }, WaitIntervalInSeconds: 30 },
    });
    for (const instances of [1, 2, 3, 4]) {
      await host.baking('rolling', instances);
      await clock.advance(30 * second);
    }
    expect((await host.at('rolling', 'InService')).EndpointConfigName).toBe('four');
  });

  test('by the weights of the variants, which can be changed', async () => {
    await host.config('ab', { three: 3, four: 1 });
    await host.endpoint('ab', 'ab');
    const { 3: three = 0, 4: four = 0 } = await host.answers('ab', 400);
    expect(three + four).toBe(400);
    expect(Math.abs(three - 300)).toBeLessThan(45);
    expect(await host.answers('ab', 5, { TargetVariant: 'four' })).toEqual({ 4: 5 });
    const DesiredWeightsAndCapacities = [{ VariantName: 'three', DesiredWeight: 0 }];
    await world.sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({ EndpointName: 'ab', DesiredWeightsAndCapacities }),
    );
    await host.at('ab', 'InService');
    expect(await host.answers('ab', 50)).toEqual({ 4: 50 });
    // What is announced as it begins tells the weights that are and those that are to be.
    const announced = world.heard.find(
      ({ detail }) => detail['EndpointName'] === 'ab' && detail['EndpointStatus'] === 'UPDATING',
    );
    expect(announced?.detail['ProductionVariants']).toMatchObject([
      { VariantName: 'three', CurrentWeight: 3, DesiredWeight: 0 },
      { VariantName: 'four', CurrentWeight: 1, DesiredWeight: 1 },
    ]);
    await expect(host.ask('ab', '1', { TargetVariant: 'five' })).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

test('1,000 predictions in flight during an update: none lost, none answered by a model that is not loaded yet', async () => {
  await host.endpoint('busy', 'three');
  const routing = { Type: 'LINEAR' as const, LinearStepSize: percent(25), WaitIntervalInSeconds: 10 };
  await host.update('busy', 'slow', blueGreen(routing, 10));
  const seen: Record<string, number> = {};
  const progress = { asked: 0, updated: false };
  const client = async () => {
    while (progress.asked < 1000 || !progress.updated) {
      progress.asked += 1;
      const { text } = await host.ask('busy', '1');
      seen[text.trim()] = (seen[text.trim()] ?? 0) + 1;
    }
  };
  const move = async () => {
    while ((await host.describe('busy')).EndpointStatus !== 'InService') {
      await clock.advance(second / 2);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    progress.updated = true;
  };
  await Promise.all([move(), ...Array.from({ length: 50 }, client)]);
  expect(Object.keys(seen).toSorted()).toEqual(['3', '6']);
  expect((seen['3'] ?? 0) + (seen['6'] ?? 0)).toBe(progress.asked);
  expect(progress.asked).toBeGreaterThanOrEqual(1000);
  expect((await host.ask('busy', '1')).text).toBe('6\n');
});

test('an endpoint that is updated can be neither updated nor deleted', async () => {
  await host.endpoint('occupied', 'three');
  await host.update('occupied', 'four', canary());
  await host.baking('occupied', 1);
  const busy = { name: 'ValidationException', message: expect.stringMatching(/^Cannot update in-progress endpoint/) };
  await expect(host.update('occupied', 'three')).rejects.toMatchObject(busy);
  const weights = { EndpointName: 'occupied', DesiredWeightsAndCapacities: [{ VariantName: 'three' }] };
  await expect(world.sagemaker.send(new UpdateEndpointWeightsAndCapacitiesCommand(weights))).rejects.toMatchObject(
    busy,
  );
});

describe('a deployment configuration is refused', () => {
  const routing = (more: Partial<TrafficRoutingConfig>) =>
    blueGreen({ Type: 'CANARY', WaitIntervalInSeconds: 60, ...more }, 60);
  const instances = (Value: number) => ({ Type: 'INSTANCE_COUNT' as const, Value });
  const rolling = { RollingUpdatePolicy: { MaximumBatchSize: percent(50), WaitIntervalInSeconds: 0 } };

  beforeAll(() => host.endpoint('refusing', 'three'));

  test.each<[string, DeploymentConfig, RegExp]>([
    ['a canary without size', routing({}), /CanarySize/],
    ['a canary of more than half', routing({ CanarySize: percent(51) }), /at most 50%/],
    ['a canary of 3 of 4 instances', routing({ CanarySize: instances(3) }), /75% of the 4 instance/],
    ['steps without size', routing({ Type: 'LINEAR' }), /LinearStepSize/],
    ['steps of 5%', routing({ Type: 'LINEAR', LinearStepSize: percent(5) }), /from 10% to 50%/],
    ['a size with all at once', routing({ Type: 'ALL_AT_ONCE', CanarySize: percent(10) }), /CanarySize/],
    ['a wait of two hours', routing({ CanarySize: percent(10), WaitIntervalInSeconds: 7200 }), /waitIntervalInSeconds/],
    ['two policies', { ...routing({ CanarySize: percent(10) }), ...rolling }, /either/],
    [
      'batches of 60%',
      { RollingUpdatePolicy: { ...rolling.RollingUpdatePolicy, MaximumBatchSize: percent(60) } },
      /MaximumBatchSize/,
    ],
    [
      'less time than it waits',
      {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: { Type: 'CANARY', CanarySize: percent(10), WaitIntervalInSeconds: 3600 },
          MaximumExecutionTimeoutInSeconds: 600,
        },
      },
      /MaximumExecutionTimeoutInSeconds must be larger/,
    ],
  ])('with %s', async (_, config, message) => {
    await expect(host.update('refusing', 'four', config)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
    });
    expect((await host.describe('refusing')).EndpointStatus).toBe('InService');
  });

  test('with steps or alarms between variants of different names, of which the traffic moves all at once', async () => {
    const AlarmName = 'of-whichever';
    await world.cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Namespace: 'AWS/SageMaker',
        MetricName: 'Invocation5XXErrors',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    await host.config('differing', { four: 1 }, 4);
    const atOnce = (alarms: string[]) => blueGreen({ Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 }, 0, alarms);
    for (const config of [
      routing({ CanarySize: percent(10) }),
      routing({ Type: 'LINEAR', LinearStepSize: percent(10) }),
      rolling,
      atOnce([AlarmName]),
    ])
      await expect(host.update('refusing', 'differing', config)).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringMatching(/must have the same variant names as three; they have four and AllTraffic$/),
      });
    expect((await host.describe('refusing')).EndpointStatus).toBe('InService');
    await host.endpoint('differing', 'three');
    await host.update('differing', 'differing', atOnce([]));
    expect((await host.at('differing', 'InService')).EndpointConfigName).toBe('differing');
  });

  test('two variants of one name, and a negative weight', async () => {
    const one = {
      VariantName: 'a',
      ModelName: 'three',
      InitialInstanceCount: 1,
      InstanceType: 'ml.m5.large' as const,
    };
    const make = (ProductionVariants: (typeof one & { InitialVariantWeight?: number })[]) =>
      world.sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: 'odd', ProductionVariants }));
    await expect(make([one, one])).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(make([{ ...one, InitialVariantWeight: -1 }])).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

test('invocations are measured by variant, and by its configuration', async () => {
  await host.endpoint('measured', 'three');
  const StartTime = new Date(clock.now() - 60 * second);
  await host.answers('measured', 3);
  // The client may try again by itself.
  const bad = await host.ask('measured', 'bad').catch((error: ModelError) => error.$metadata.attempts ?? 1);
  const measured = async (
    MetricName: string,
    statistic: 'Sum' | 'Average',
    more: { Name: string; Value: string }[],
  ) => {
    const { Datapoints } = await world.cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/SageMaker',
        MetricName,
        Dimensions: [{ Name: 'EndpointName', Value: 'measured' }, { Name: 'VariantName', Value: variant }, ...more],
        StartTime,
        EndTime: new Date(clock.now() + 60 * second),
        Period: 300,
        Statistics: [statistic],
      }),
    );
    return Datapoints?.[0]?.[statistic];
  };
  for (const more of [[], [{ Name: 'EndpointConfigName', Value: 'three' }]]) {
    expect(await measured('Invocations', 'Sum', more)).toBe(3 + Number(bad));
    expect(await measured('Invocation4XXErrors', 'Sum', more)).toBe(bad);
    expect(await measured('Invocation5XXErrors', 'Sum', more)).toBe(0);
    expect(await measured('ModelLatency', 'Average', more)).toBeGreaterThanOrEqual(0);
  }
});
