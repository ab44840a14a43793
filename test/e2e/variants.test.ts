/** Two models behind one endpoint: an accepted challenger serves beside the champion with its share of the requests. */
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeEndpointCommand, ListEndpointConfigsCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RunView } from '../../cli/api.ts';
import { eventually } from '../fixtures/sagemakerWorld.ts';
import { openLaptop, type Laptop } from './laptop.ts';

const pipeline = 'duel';
const EndpointName = 'sluice-dev-duel';
const file = (deploy: string) => `name: duel
train: { candidates: [{ algorithm: linear-learner }] }
gate: { rules: [{ metric: rmse, max: 50 }], champion: { minDelta: -1000 } }
deploy: { ${deploy} }
`;
const weights = 'target: endpoint, weights: { champion: 0.8, challenger: 0.2 }';

let laptop: Laptop;
let cloudwatch: CloudWatchClient;
/** The run that made each version: the model of version v answers v · 100 for x = 100. */
const runs: RunView[] = [];
const ids: string[] = [];

const csv = (slope: number) =>
  ['x,y', ...Array.from({ length: 200 }, (_, i) => `${(i * 37) % 200},${slope * ((i * 37) % 200) + (i % 5)}`)].join(
    '\n',
  );
/** The run is known before it ends: its model may answer then. */
const drop = async (meanwhile = async (_runId: string) => {}) => {
  const version = runs.length + 1;
  const runId = await laptop.start(pipeline, csv(version), `${version}.csv`);
  ids.push(runId);
  await meanwhile(runId);
  runs.push(await laptop.ended(runId));
};
const runIdOf = (version: number) => ids[version - 1] ?? '';

beforeAll(async () => {
  laptop = await openLaptop();
  const { endpoint, region, credentials } = laptop.connection;
  cloudwatch = new CloudWatchClient({ endpoint, region, credentials });
  await laptop.apply(pipeline, file(weights));
  for (let version = 1; version <= 2; version++) await drop();
}, 240_000);
afterAll(() => laptop.close());

const describe = () => laptop.clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
/** SageMaker's own weights, by version. */
const variants = async () => {
  const { ProductionVariants = [] } = await describe();
  return ProductionVariants.map(({ VariantName, CurrentWeight, DesiredWeight }) => [
    ids.indexOf(VariantName ?? '') + 1,
    CurrentWeight,
    DesiredWeight,
  ]);
};
const configs = async () => {
  const { EndpointConfigs = [] } = await laptop.clients.sagemaker.send(new ListEndpointConfigsCommand({}));
  return EndpointConfigs.map(({ EndpointConfigName }) => EndpointConfigName);
};
const alarms = async () => {
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: EndpointName }));
  return [
    ...new Set(MetricAlarms.map(({ AlarmName = '' }) => AlarmName.slice(EndpointName.length + 1, -1).slice(0, 16))),
  ];
};
const roles = async () => {
  const { models } = await laptop.api.listModels(pipeline, 20);
  return models.flatMap(({ version, serves, role, weight }) => (serves ? [[version, role, weight]] : []));
};

/** Asks once; the model that answered by what it said, which must be that of the variant that it names. */
const ask = async (): Promise<number> => {
  const { variant, predictions } = await laptop.api.predictRows(pipeline, [{ x: 100 }]);
  const version = Math.round(Number(predictions[0]?.prediction) / 100);
  expect(variant).toBe(runIdOf(version));
  return version;
};
/** How many of so many requests each version answered; a request that fails fails the test. */
const answers = async (count: number) => {
  const seen = new Map<number, number>();
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      const version = await ask();
      seen.set(version, (seen.get(version) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 4 }, client));
  return seen;
};
/** Asks again and again while something is done; returns which versions have answered, and how often. */
const whilst = async (act: () => Promise<unknown>) => {
  const seen = new Map<number, number>();
  const over = new AbortController();
  const client = async () => {
    while (!over.signal.aborted) {
      const version = await ask();
      seen.set(version, (seen.get(version) ?? 0) + 1);
      await new Promise((wake) => setTimeout(wake, 20));
    }
  };
  const asked = client();
  await act().finally(() => over.abort());
  await asked;
  return seen;
};
const deploy = async (body: { action: 'promote' | 'rollback'; version?: number }) => {
  const { runId } = await laptop.api.deployModel(pipeline, body, JSON.stringify([body, Math.random()]));
  return laptop.ended(runId);
};
/** Five standard deviations of a binomial: a right split fails once in two million. */
const expectShare = (seen: ReadonlyMap<number, number>, version: number, share: number) => {
  const count = [...seen.values()].reduce((sum, n) => sum + n, 0);
  const bound = 5 * Math.sqrt(count * share * (1 - share));
  expect(Math.abs((seen.get(version) ?? 0) - count * share)).toBeLessThan(bound);
};

test('the first model serves alone, the next that passes beside it, and 400 predictions are split as weighted', async () => {
  expect(runs.map(({ outcome }) => outcome)).toEqual(['DEPLOYED', 'DEPLOYED']);
  expect(runs[0]?.beside).toBeUndefined();
  expect(runs[1]?.beside).toEqual({ champion: runIdOf(1), weight: 0.2 });
  expect(runs[1]?.verdict?.notes?.join('\n')).toContain(`beside the deployed one of ${runIdOf(1)}, with 20 %`);
  expect(await variants()).toEqual([
    [1, 0.8, 0.8],
    [2, 0.2, 0.2],
  ]);
  expect(await roles()).toEqual([
    [2, 'challenger', 0.2],
    [1, 'champion', 0.8],
  ]);
  const seen = await answers(400);
  expect(new Set(seen.keys())).toEqual(new Set([1, 2]));
  expectShare(seen, 2, 0.2);
  // Each model has its own alarms.
  expect((await alarms()).toSorted()).toEqual([runIdOf(1), runIdOf(2)].map((id) => id.slice(-16)).toSorted());
});

test('the share is changed in place, while predictions go on', async () => {
  const during = await whilst(() => laptop.api.putWeights(pipeline, { champion: 0.3, challenger: 0.7 }));
  expect([...during.keys()].every((version) => version === 1 || version === 2)).toBe(true);
  expect(await variants()).toEqual([
    [1, 0.3, 0.3],
    [2, 0.7, 0.7],
  ]);
  expectShare(await answers(100), 2, 0.7);
  expect(await laptop.api.getEndpoint(pipeline)).toMatchObject({
    endpointName: EndpointName,
    status: 'InService',
    variants: [
      { variant: runIdOf(1), role: 'champion', weight: 0.3 },
      { variant: runIdOf(2), role: 'challenger', weight: 0.7, instanceType: 'ml.m5.large' },
    ],
    usdPerMonth: 167.9,
  });
});

test('weights that do not add up are refused, with their sum', async () => {
  const wrong = { status: 400, message: expect.stringContaining('add up to 1.1, expected 1') };
  await expect(laptop.api.putWeights(pipeline, { champion: 0.8, challenger: 0.3 })).rejects.toMatchObject(wrong);
  const added = file('target: endpoint, weights: { champion: 0.8, challenger: 0.3 }');
  await expect(laptop.api.putPipeline(pipeline, added)).rejects.toMatchObject(wrong);
  expect(await roles()).toEqual([
    [2, 'challenger', 0.7],
    [1, 'champion', 0.3],
  ]);
});

test('a new challenger waits for approval before it takes the place of the old one, of which nothing is left', async () => {
  await laptop.apply(pipeline, `${file(weights)}approval: manual\n`);
  const approve = async (runId: string) => {
    const run = () => laptop.api.getRun(runId).catch(() => undefined);
    await eventually(run, (it) => it?.approval?.state === 'waiting');
    expect((await variants()).map(([version]) => version)).toEqual([1, 2]);
    await laptop.api.answerApproval(runId, { decision: 'approve' });
  };
  const during = await whilst(() => drop(approve));
  await laptop.apply(pipeline, file(weights));
  expect(runs[2]).toMatchObject({ outcome: 'DEPLOYED', beside: { champion: runIdOf(1), weight: 0.2 } });
  expect(during.has(1)).toBe(true);
  expect(await variants()).toEqual([
    [1, 0.8, 0.8],
    [3, 0.2, 0.2],
  ]);
  expect(await configs()).toEqual([runIdOf(3)]);
  expect((await alarms()).toSorted()).toEqual([runIdOf(1), runIdOf(3)].map((id) => id.slice(-16)).toSorted());
}, 120_000);

test('a rejected challenger gets no request from then on and is taken away, while predictions go on', async () => {
  let runId: string | undefined;
  await whilst(async () => {
    ({ runId } = await laptop.api.answerModel(pipeline, 3, { decision: 'reject', reason: 'too steep' }));
    expect([...(await answers(30)).keys()]).toEqual([1]);
    await laptop.ended(runId ?? '');
  });
  expect(await laptop.api.getRun(runId ?? '')).toMatchObject({
    outcome: 'DEPLOYED',
    summary: expect.stringMatching(/^Gave all requests to version 1, .* serves no more beside it\.$/),
  });
  expect(await variants()).toEqual([[1, 1, 1]]);
  expect(await roles()).toEqual([[1, 'champion', undefined]]);
  expect(await configs()).toEqual([runId]);
  expect(await alarms()).toEqual([runIdOf(1).slice(-16)]);
  await expect(laptop.api.putWeights(pipeline, { champion: 0.5, challenger: 0.5 })).rejects.toMatchObject({
    status: 409,
    message: expect.stringContaining('No challenger'),
  });
}, 120_000);

test('a promoted challenger is the only one, and none of the predictions meanwhile is lost', async () => {
  await drop();
  expect(await roles()).toEqual([
    [4, 'challenger', 0.2],
    [1, 'champion', 0.8],
  ]);
  let promoted: RunView | undefined;
  const during = await whilst(async () => {
    promoted = await deploy({ action: 'promote', version: 4 });
  });
  expect(promoted).toMatchObject({ outcome: 'DEPLOYED' });
  expect([...during.keys()].every((version) => version === 1 || version === 4)).toBe(true);
  expect(await variants()).toEqual([[4, 1, 1]]);
  expect([...(await answers(20)).keys()]).toEqual([4]);
  expect(await configs()).toEqual([promoted?.runId]);
  expect(await alarms()).toEqual([runIdOf(4).slice(-16)]);
}, 120_000);

test('a rollback takes the challenger away first, and goes back to what served before then', async () => {
  await drop();
  expect(await roles()).toEqual([
    [5, 'challenger', 0.2],
    [4, 'champion', 0.8],
  ]);
  expect(await deploy({ action: 'rollback' })).toMatchObject({ outcome: 'DEPLOYED', deploys: { version: 4 } });
  expect(await roles()).toEqual([[4, 'champion', undefined]]);
  // Versions 2, 3 and 5 have only served beside another.
  expect(await deploy({ action: 'rollback' })).toMatchObject({ outcome: 'DEPLOYED', deploys: { version: 1 } });
  expect(await variants()).toEqual([[1, 1, 1]]);
}, 120_000);

test('an endpoint that the pipeline left for batches is told, found by its name and deleted on request', async () => {
  const { endpointName: told } = (await laptop.api.ask('DELETE', `/pipelines/${pipeline}`)) as {
    endpointName?: string;
  };
  expect(told).toBe(EndpointName);
  await laptop.apply(pipeline, file('target: batch'));
  expect(await deploy({ action: 'promote', version: 2 })).toMatchObject({ outcome: 'DEPLOYED' });
  expect(await roles()).toEqual([[2, 'champion', undefined]]);
  expect(await laptop.api.getEndpoint(pipeline)).toMatchObject({
    endpointName: EndpointName,
    variants: [{ variant: runIdOf(1), instances: 1 }],
    usdPerMonth: 83.95,
  });
  expect(await laptop.api.undeploy(pipeline)).toMatchObject({ endpointName: EndpointName });
  await expect(laptop.api.getEndpoint(pipeline)).rejects.toMatchObject({ status: 404 });
  await expect(laptop.api.undeploy(pipeline)).rejects.toMatchObject({ status: 409 });
  expect(await configs()).toEqual([]);
  expect(await alarms()).toEqual([]);
  // The champion of the batches is still the one that challengers are compared with.
  expect(await roles()).toEqual([[2, 'champion', undefined]]);
}, 60_000);
