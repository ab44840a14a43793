/** A challenger that passed its gate and fails in production: a canary finds it out while the champion serves on. */
import { resolve } from 'node:path';
import { DescribeAlarmsCommand, CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RunView } from '../../cli/api.ts';
import { containers } from '../../cli/embedded.ts';
import { allServices } from '../../runtime/services/index.ts';
import { movableClock } from '../fixtures/movableClock.ts';
import { eventually } from '../fixtures/sagemakerWorld.ts';
import { openLaptop, type Laptop } from './laptop.ts';

const clock = movableClock();
const EndpointName = 'sluice-dev-line';
let laptop: Laptop;
let cloudwatch: CloudWatchClient;
let champion: RunView;

const csv = (slope: number) =>
  ['x,y', ...Array.from({ length: 200 }, (_, i) => `${(i * 37) % 200},${slope * ((i * 37) % 200) + (i % 5)}`)].join(
    '\n',
  );

beforeAll(async () => {
  const entry = resolve('test/fixtures/flakyContainer.mjs');
  const flaky = (image: string) => {
    const container = containers(image);
    return container && { ...container, entry };
  };
  laptop = await openLaptop(undefined, { clock, services: () => allServices({ containers: flaky }) });
  const { endpoint, region, credentials } = laptop.connection;
  cloudwatch = new CloudWatchClient({ endpoint, region, credentials });
  await laptop.apply(
    'line',
    `name: line
train: { candidates: [{ algorithm: linear-learner }] }
gate: { rules: [{ metric: rmse, max: 50 }], champion: { minDelta: -100 } }
deploy: { target: endpoint, traffic: { canary: { percent: 50, wait: 10m } }, alarms: { latency: none } }
`,
  );
  champion = await laptop.drop('line', csv(1), '1.csv');
}, 240_000);
afterAll(() => laptop.close());

const describe = () => laptop.clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
const alarms = async () =>
  (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: EndpointName }))).MetricAlarms ?? [];

/** Which model gave each of so many answers, by what it says of x = 100; `lost` are those that failed. */
const answers = async (count: number) => {
  const seen = { champion: 0, challenger: 0, neither: 0, lost: 0 };
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      const value = await laptop.api.predictRows('line', [{ x: 100 }]).then(
        ({ predictions }) => Math.round(Number(predictions[0]?.prediction) / 100),
        () => 0,
      );
      seen[value === 1 ? 'champion' : value === 2 ? 'challenger' : value === 0 ? 'lost' : 'neither'] += 1;
    }
  };
  await Promise.all(Array.from({ length: 4 }, client));
  return seen;
};

test('alarms of the new fleet take the traffic back, the run says so, and of 1,000 predictions none is lost', async () => {
  expect(champion).toMatchObject({ outcome: 'DEPLOYED' });
  expect((await alarms()).map(({ AlarmName }) => AlarmName)).toEqual([
    `${EndpointName}-${champion.runId.slice(-16)}-serverErrors`,
  ]);
  const runId = await laptop.start('line', csv(2), '2.csv');
  await eventually(
    describe,
    ({ PendingDeploymentSummary: pending }) =>
      pending?.ProductionVariants?.[0]?.VariantStatus?.[0]?.Status === 'Baking',
  );
  const during = await answers(1000);
  expect(during).toMatchObject({ neither: 0, lost: 0 });
  expect(during.champion + during.challenger).toBe(1000);
  expect(during.challenger).toBeGreaterThan(10);

  // Until the alarm is looked at; not longer, because a clock that leaps makes functions under way time out.
  while ((await describe()).EndpointStatus === 'Updating') {
    clock.jump(20_000);
    await new Promise((wake) => setTimeout(wake, 300));
  }
  const run = await laptop.ended(runId);
  expect(run).toMatchObject({
    outcome: 'ROLLED_BACK',
    summary: expect.stringMatching(
      new RegExp(
        `went back to ${champion.runId}, which serves on: .*alarms went off.*${runId.slice(-16)}-serverErrors`,
      ),
    ),
  });
  expect(await describe()).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: champion.runId });
  expect(await answers(50)).toEqual({ champion: 50, challenger: 0, neither: 0, lost: 0 });
  // Those of the challenger are gone, those of the champion watch on.
  expect((await alarms()).map(({ AlarmName }) => AlarmName)).toEqual([
    `${EndpointName}-${champion.runId.slice(-16)}-serverErrors`,
  ]);
  const { models } = await laptop.api.listModels('line', 5);
  expect(models.map(({ version, serves }) => [version, serves])).toEqual([
    [2, undefined],
    [1, EndpointName],
  ]);
}, 400_000);
