/** Traffic that moves to a new model step by step: away from one that fails in production, altogether to one that does not. */
import { resolve } from 'node:path';
import { DescribeAlarmsCommand, CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DescribeEndpointCommand, ListEndpointConfigsCommand } from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand, GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RunView } from '../../cli/api.ts';
import { containers } from '../../cli/embedded.ts';
import { allServices } from '../../runtime/services/index.ts';
import { deployExecutionName, executionArn } from '../../spec/names.ts';
import { tickSeconds } from '../../spec/rollout.ts';
import { movableClock } from '../fixtures/movableClock.ts';
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
const apply = (traffic: string) =>
  laptop.apply(
    'line',
    `name: line
train: { candidates: [{ algorithm: linear-learner }] }
gate: { rules: [{ metric: rmse, max: 50 }], champion: { minDelta: -1000 } }
deploy: { target: endpoint, traffic: ${traffic}, alarms: { latency: none } }
`,
  );
const begin = (slope: number) => laptop.start('line', csv(slope), `${slope}.csv`);

beforeAll(async () => {
  const entry = resolve('test/fixtures/flakyContainer.mjs');
  const flaky = (image: string) => {
    const container = containers(image);
    return container && { ...container, entry };
  };
  laptop = await openLaptop(undefined, { clock, services: () => allServices({ containers: flaky }) });
  const { endpoint, region, credentials } = laptop.connection;
  cloudwatch = new CloudWatchClient({ endpoint, region, credentials });
  await apply('{ canary: { percent: 50, wait: 10m } }');
  champion = await laptop.ended(await begin(1));
}, 240_000);
afterAll(() => laptop.close());

const describe = () => laptop.clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
/** SageMaker's own weights, of the champion first. */
const weights = async () => ((await describe()).ProductionVariants ?? []).map(({ CurrentWeight }) => CurrentWeight);
const configs = async () => {
  const { EndpointConfigs = [] } = await laptop.clients.sagemaker.send(new ListEndpointConfigsCommand({}));
  return EndpointConfigs.map(({ EndpointConfigName }) => EndpointConfigName);
};
const alarms = async () =>
  (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: EndpointName }))).MetricAlarms ?? [];
const alarmOf = (runId: string) => `${EndpointName}-${runId.slice(-16)}-serverErrors`;

type Seen = Record<string, number>;

/** Asks once, and counts the answer by the slope that it shows, or as lost. */
const ask = async (seen: Seen) => {
  const slope = await laptop.api.predictRows('line', [{ x: 100 }]).then(
    ({ predictions }) => String(Math.round(Number(predictions[0]?.prediction) / 100)),
    () => 'lost',
  );
  seen[slope] = (seen[slope] ?? 0) + 1;
};
const answers = async (count: number): Promise<Seen> => {
  const seen: Seen = {};
  let left = count;
  const client = async () => {
    while (left-- > 0) await ask(seen);
  };
  await Promise.all(Array.from({ length: 4 }, client));
  return seen;
};
/** What answered while something was done. */
const whilst = async (act: () => Promise<unknown>): Promise<Seen> => {
  const seen: Seen = {};
  const over = new AbortController();
  const client = async () => {
    while (!over.signal.aborted) {
      await ask(seen);
      await new Promise((wake) => setTimeout(wake, 20));
    }
  };
  const asked = client();
  await act().finally(() => over.abort());
  await asked;
  return seen;
};

/** Waits until the deployment of a run waits for its next tick, which comes after the event of this number; false: it has ended. */
const baking = async (runId: string, after = 0): Promise<number | false> => {
  const machine = laptop.connection.outputs['TrainMachineArn']?.replace(/train$/, 'deployEndpoint') ?? '';
  const arn = { executionArn: executionArn(machine, deployExecutionName(runId)) };
  for (let tries = 0; tries < 2400; tries++) {
    const { status } = await laptop.clients.sfn.send(new DescribeExecutionCommand(arn)).catch(() => ({ status: '' }));
    if (status === 'RUNNING') {
      const last = new GetExecutionHistoryCommand({ ...arn, reverseOrder: true, maxResults: 1 });
      const [event] = (await laptop.clients.sfn.send(last)).events ?? [];
      if (event?.type === 'WaitStateEntered' && (event.id ?? 0) > after) return event.id ?? 0;
    } else if (status !== '') return false;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`The deployment of ${runId} neither ends nor waits.`);
};
/** Lets time pass, tick by tick; not while a function is at work, because a clock that leaps makes it time out. */
const pass = async (runId: string, at: () => Promise<unknown>) => {
  let ticks = 0;
  for (let event = await baking(runId); event !== false; event = await baking(runId, event)) {
    // Requests are refused when the clocks of both sides are a quarter of an hour apart.
    expect(ticks++).toBeLessThan(8);
    await at();
    clock.jump(tickSeconds * 1000);
  }
};

test('alarms of the new model take the traffic back, the run says so, and of 1,000 predictions none is lost', async () => {
  expect(champion).toMatchObject({ outcome: 'DEPLOYED' });
  expect((await alarms()).map(({ AlarmName }) => AlarmName)).toEqual([alarmOf(champion.runId)]);
  const runId = await begin(2);
  await baking(runId);
  expect(await weights()).toEqual([0.5, 0.5]);
  expect(await laptop.api.getEndpoint('line')).toMatchObject({
    variants: [
      { variant: champion.runId, role: 'champion', weight: 0.5 },
      { variant: runId, role: 'challenger', weight: 0.5 },
    ],
    usdPerMonth: 167.9,
  });
  const { 1: old = 0, 2: fresh = 0, ...others } = await answers(1000);
  expect(others).toEqual({});
  expect(old + fresh).toBe(1000);
  // Less than its half where the machine is so slow that an alarm goes off meanwhile.
  expect(fresh).toBeGreaterThan(10);

  await pass(runId, () => answers(20));
  const run = await laptop.ended(runId);
  expect(run).toMatchObject({
    outcome: 'ROLLED_BACK',
    summary: expect.stringMatching(
      new RegExp(`went back to ${champion.runId}, which serves on: .*alarms went off: ${alarmOf(runId)}`),
    ),
  });
  expect(await describe()).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: champion.runId });
  expect(await weights()).toEqual([1]);
  expect(await answers(50)).toEqual({ 1: 50 });
  // Those of the challenger are gone, those of the champion watch on.
  expect((await alarms()).map(({ AlarmName }) => AlarmName)).toEqual([alarmOf(champion.runId)]);
  const { models } = await laptop.api.listModels('line', 5);
  expect(models.map(({ version, serves }) => [version, serves])).toEqual([
    [2, undefined],
    [1, EndpointName],
  ]);
}, 400_000);

test('a run that is stopped while traffic moves leaves all of it to the champion', async () => {
  await apply('{ linear: { step: 40, wait: 1m } }');
  const runId = await begin(3);
  await baking(runId);
  expect(await weights()).toEqual([0.6, 0.4]);
  const seen = await whilst(async () => {
    await laptop.api.stopRun(runId);
    expect(await laptop.ended(runId)).toMatchObject({ outcome: 'STOPPED' });
    while ((await describe()).EndpointConfigName !== champion.runId) await new Promise((wake) => setTimeout(wake, 50));
  });
  expect(seen['lost']).toBeUndefined();
  expect(await weights()).toEqual([1]);
  expect(await answers(30)).toEqual({ 1: 30 });
}, 120_000);

test('a good model gets its shares one after the other, and is the only one that is left', async () => {
  const runId = await begin(4);
  const shares: unknown[] = [];
  const seen = await whilst(() => pass(runId, async () => shares.push(await weights())));
  expect(shares).toEqual([
    [0.6, 0.4],
    [0.6, 0.4],
    [0.2, 0.8],
    [0.2, 0.8],
    [0, 1],
    [0, 1],
  ]);
  expect(await laptop.ended(runId)).toMatchObject({ outcome: 'DEPLOYED' });
  expect(Object.keys(seen)).toEqual(['1', '4']);
  expect(await describe()).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: runId,
    ProductionVariants: [{ VariantName: runId, CurrentWeight: 1 }],
  });
  expect(await answers(30)).toEqual({ 4: 30 });
  expect(await configs()).toEqual([runId]);
  expect((await alarms()).map(({ AlarmName }) => AlarmName)).toEqual([alarmOf(runId)]);
  expect(laptop.embedded.runtime.iamReport().flatMap(({ denied }) => denied)).toEqual([]);
}, 240_000);
