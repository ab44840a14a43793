/** The way of an endpoint's traffic from the champion to a new model and back, at every stage of it. */
import { DeleteAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type {
  CreateEndpointConfigCommandInput,
  UpdateEndpointCommandInput,
  UpdateEndpointWeightsAndCapacitiesCommandInput,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  awsError,
  called,
  championOf,
  openFunctionWorld,
  openLedger,
  pipeline,
  runIdNumber,
  script,
} from './functionWorld.ts';

let world: Awaited<ReturnType<typeof openFunctionWorld>>;
let ledger: Awaited<ReturnType<typeof openLedger>>;
let clients: typeof import('../../functions/lib/clients.ts');
let deployEndpoint: (event: unknown) => Promise<unknown>;
let shiftTraffic: (event: unknown) => Promise<unknown>;
let promote: (event: unknown) => Promise<unknown>;

beforeAll(async () => {
  world = await openFunctionWorld();
  deployEndpoint = called((await import('../../functions/deployEndpoint.ts')).handler);
  shiftTraffic = called((await import('../../functions/shiftTraffic.ts')).handler);
  promote = called((await import('../../functions/promote.ts')).handler);
  ledger = await openLedger();
  clients = await import('../../functions/lib/clients.ts');
});
afterAll(() => world.close());

/** What SageMaker knows of a variant: its weight, and its instances. */
interface Variant {
  name: string;
  weight: number;
  instances: string;
}

let calls: string[];
let configs: Map<string, Variant[]>;
let endpoint: { status: string; config: string; pending?: string; variants: Variant[] };
/** By order of their requests. */
let weighings: Record<string, number>[];

/** An update or a change of weights takes a while only where a test says so. */
const at = (config: string) => {
  endpoint = { status: 'InService', config, variants: structuredClone(configs.get(config) ?? []) };
};

const name = `sluice-dev-${pipeline}`;
const champion = runIdNumber(1);
let challenger: string;
let counter = 1;

const alarm = () => `${name}-${challenger.slice(-16)}-serverErrors`;
const setAlarm = (StateValue: 'ALARM' | 'OK') =>
  clients
    .cloudwatch()
    .send(new SetAlarmStateCommand({ AlarmName: alarm(), StateValue, StateReason: 'a drill of this test' }));

beforeEach(async () => {
  challenger = runIdNumber(++counter);
  weighings = [];
  configs = new Map([[champion, [{ name: champion, weight: 1, instances: '1 ml.m5.large' }]]]);
  at(champion);
  calls = script(clients.sagemaker(), {
    DescribeEndpoint: () => ({
      EndpointName: name,
      EndpointStatus: endpoint.status,
      EndpointConfigName: endpoint.config,
      ProductionVariants: endpoint.variants.map((it) => ({ VariantName: it.name, CurrentWeight: it.weight })),
      ...(endpoint.pending && { PendingDeploymentSummary: { EndpointConfigName: endpoint.pending } }),
    }),
    UpdateEndpoint(input) {
      const { EndpointConfigName = '', ...rest } = input as unknown as UpdateEndpointCommandInput;
      // No guardrail: AWS does not take one between variants of different names.
      expect(rest).toEqual({ EndpointName: name });
      at(EndpointConfigName);
    },
    UpdateEndpointWeightsAndCapacities(input) {
      const { DesiredWeightsAndCapacities: desired = [] } =
        input as unknown as UpdateEndpointWeightsAndCapacitiesCommandInput;
      weighings.push(Object.fromEntries(desired.map((it) => [it.VariantName, it.DesiredWeight ?? Number.NaN])));
      for (const { VariantName = '', DesiredWeight = Number.NaN } of desired) {
        const variant = endpoint.variants.find((it) => it.name === VariantName);
        if (!variant) throw awsError('ValidationException', `There is no variant ${VariantName}.`);
        variant.weight = Math.fround(DesiredWeight);
      }
    },
    CreateEndpointConfig(input) {
      const { EndpointConfigName = '', ProductionVariants = [] } = input as unknown as CreateEndpointConfigCommandInput;
      if (configs.has(EndpointConfigName)) throw awsError('ValidationException', 'Cannot create already existing one.');
      configs.set(
        EndpointConfigName,
        ProductionVariants.map((it) => ({
          name: it.VariantName ?? '',
          weight: it.InitialVariantWeight ?? 1,
          instances: `${it.InitialInstanceCount} ${it.InstanceType}`,
        })),
      );
    },
    DeleteEndpointConfig: ({ EndpointConfigName = '' }) => void configs.delete(EndpointConfigName),
    ListEndpointConfigs: () => ({
      EndpointConfigs: [...configs.keys()].map((EndpointConfigName) => ({ EndpointConfigName })),
    }),
  });
  for (let n = 1; n < counter; n++) await ledger.unlock(pipeline, runIdNumber(n));
  await ledger.dropChampion(pipeline, (await ledger.getChampion(pipeline))?.runId ?? '');
  await begun(champion);
  await ledger.putChampion(pipeline, championOf(champion));
  await begun(challenger, 'linear: { step: 50, wait: 1m }', ', instance: { type: ml.c5.xlarge, count: 2 }');
});

const begun = async (runId: string, traffic?: string, more = '') => {
  const source = { bucket: 'function-world', key: `drop/${pipeline}/${runId}.csv` };
  await ledger.addRun({ runId, pipeline, source, trigger: 's3' });
  const deploy = traffic === undefined ? '' : `, traffic: { ${traffic} }${more}`;
  await world.plan(runId, traffic === undefined ? undefined : championOf(champion), deploy);
};

const update = () => deployEndpoint({ action: 'update', runId: challenger, winner: 0, modelPackageArn: 'arn:package' });
const tick = (n: number) => shiftTraffic({ runId: challenger, tick: n });
const finish = () => deployEndpoint({ action: 'finish', runId: challenger, winner: 0 });
const rollback = () => deployEndpoint({ action: 'rollback', runId: challenger });
const share = async () => (await ledger.getChallenger(pipeline))?.share;
const changes = () => calls.filter((call) => call.startsWith('Update'));

test('the new model stands beside the champion without a request, gets its shares tick by tick, and is left alone', async () => {
  expect(await update()).toEqual({ name, expected: `${challenger}-shift`, shifts: true });
  // What serves keeps the instances that it has.
  expect(configs.get(`${challenger}-shift`)).toEqual([
    { name: champion, weight: 1, instances: '1 ml.m5.large' },
    { name: challenger, weight: 0, instances: '2 ml.c5.xlarge' },
  ]);
  expect(await share()).toBe(0);
  // Told again, as after a lost answer, it is the same.
  expect(await update()).toMatchObject({ expected: `${challenger}-shift` });

  const shifted: unknown[] = [];
  for (let n = 0; n < 5; n++) shifted.push(await tick(n), await share());
  expect(shifted).toEqual([
    { share: 0.5, isOver: false, seconds: 30 },
    0.5,
    { share: 0.5, isOver: false, seconds: 30 },
    0.5,
    { share: 1, isOver: false, seconds: 30 },
    1,
    { share: 1, isOver: false, seconds: 30 },
    1,
    { share: 1, isOver: true, seconds: 30 },
    1,
  ]);
  expect(weighings).toEqual([
    { [champion]: 0.5, [challenger]: 0.5 },
    { [champion]: 0, [challenger]: 1 },
  ]);

  expect(await finish()).toEqual({ name, expected: challenger, shifts: false });
  expect(await finish()).toEqual({ name, expected: challenger, shifts: false });
  expect(endpoint.variants).toEqual([{ name: challenger, weight: 1, instances: '2 ml.c5.xlarge' }]);
  expect(changes().filter((call) => call === 'UpdateEndpoint')).toHaveLength(2);
  await promote({ runId: challenger, winner: 0, modelPackageArn: 'arn:package', target: 'endpoint' });
  expect([...configs.keys()]).toEqual([challenger]);
  expect(await ledger.getChampion(pipeline)).toMatchObject({ runId: challenger, endpointConfigName: challenger });
  // Whoever asks again has nothing to move.
  await expect(tick(4)).rejects.toMatchObject({ name: 'InputError' });
});

test('a tick whose answer was lost is made again: what it has done it finds', async () => {
  await update();
  await tick(0);
  await tick(0);
  expect(weighings).toHaveLength(1);
  // SageMaker was told, and the ledger was not.
  await ledger.setShare(pipeline, challenger, 0);
  await tick(0);
  expect(weighings).toHaveLength(1);
  expect(await share()).toBe(0.5);
  // The write alone, which the SDK makes again by itself, too; and not after somebody has taken the model back.
  expect(await ledger.setShare(pipeline, challenger, 0.5, 0)).toBe(true);
  await ledger.setShare(pipeline, challenger, 0);
  expect(await ledger.setShare(pipeline, challenger, 1, 0.5)).toBe(false);
  expect(await ledger.setShare(pipeline, runIdNumber(99), 1)).toBe(false);
});

test('an alarm ends it before the share grows, with its name', async () => {
  await update();
  await tick(0);
  await setAlarm('ALARM');
  await expect(tick(2)).rejects.toMatchObject({
    name: 'RolledBack',
    message: expect.stringMatching(
      new RegExp(`went back to ${champion}, which serves on: alarms went off: ${alarm()} .*50 % .*${challenger}`),
    ),
  });
  expect(weighings).toHaveLength(1);
  expect(await share()).toBe(0.5);
  await setAlarm('OK');
  expect(await tick(2)).toMatchObject({ share: 1 });
});

test('without the alarms that it asks for nothing moves; without any asked for it does', async () => {
  await update();
  await clients.cloudwatch().send(new DeleteAlarmsCommand({ AlarmNames: [alarm()] }));
  await expect(tick(0)).rejects.toMatchObject({ name: 'InputError', message: expect.stringContaining(alarm()) });
  expect(weighings).toEqual([]);
  const none = ', alarms: { serverErrors: none, latency: none }';
  await begun(challenger, 'canary: { percent: 10, wait: 1m }', none);
  expect(await tick(0)).toMatchObject({ share: 0.1 });
});

test('an endpoint that is changing is waited for, one that somebody has changed is not touched', async () => {
  await update();
  endpoint.status = 'Updating';
  await expect(tick(0)).rejects.toMatchObject({ name: 'PlatformError' });
  await expect(finish()).rejects.toMatchObject({ name: 'PlatformError' });
  expect(await share()).toBe(0);
  at(champion);
  await expect(tick(0)).rejects.toThrow(/was changed while its traffic moved/);
  expect(weighings).toEqual([]);
});

test('a run that has ended, goes on in a redrive, or holds the deployment no more, moves nothing', async () => {
  await update();
  const { length } = changes();
  await expect(shiftTraffic({ runId: challenger, tick: 0, redrives: 1 })).rejects.toMatchObject({ name: 'InputError' });
  await ledger.unlock(pipeline, challenger);
  for (const act of [() => tick(0), finish]) await expect(act()).rejects.toThrow(/does not deploy .* any more/);
  // Nor does it take the lock again.
  expect(await ledger.lockHolder(pipeline)).toBeUndefined();
  await ledger.lock(pipeline, challenger);
  await ledger.markEnding(challenger);
  for (const act of [() => tick(0), finish]) await expect(act()).rejects.toThrow(/has ended/);
  expect(changes()).toHaveLength(length);
  expect(await share()).toBe(0);
});

test('on the way back the champion has all requests first, and then the endpoint alone', async () => {
  await update();
  await tick(0);
  expect(await rollback()).toEqual({ name, expected: champion });
  expect(changes().slice(-2)).toEqual(['UpdateEndpointWeightsAndCapacities', 'UpdateEndpoint']);
  expect(weighings.at(-1)).toEqual({ [champion]: 1, [challenger]: 0 });
  expect(endpoint.config).toBe(champion);
  expect(await share()).toBeUndefined();
  // Looked at once more, nothing is left to be done.
  const { length } = changes();
  expect(await rollback()).toEqual({ name, expected: champion });
  expect(changes()).toHaveLength(length);
});

test('the weights take a while: the way back is tried again, and what cannot be weighed goes back all the same', async () => {
  await update();
  await tick(0);
  endpoint.status = 'Updating';
  await expect(rollback()).rejects.toMatchObject({ name: 'PlatformError' });
  // Who predicts over HTTP does not wait for that.
  expect(await share()).toBeUndefined();
  endpoint.status = 'InService';
  endpoint.variants = endpoint.variants.filter((it) => it.name !== champion);
  expect(await rollback()).toEqual({ name, expected: champion });
  expect(endpoint.config).toBe(champion);
});

test('as long as the champion has no variant, the model answers in its stead', async () => {
  await update();
  for (const n of [0, 2, 4]) await tick(n);
  // On its way to being alone, and then there.
  Object.assign(endpoint, { status: 'Updating', pending: challenger });
  await expect(rollback()).rejects.toMatchObject({ name: 'PlatformError' });
  expect(await share()).toBe(0);
  configs.set(challenger, [{ name: challenger, weight: 1, instances: '2 ml.c5.xlarge' }]);
  at(challenger);
  expect(await rollback()).toEqual({ name, expected: champion });
  expect(await share()).toBe(0);
  expect(await rollback()).toEqual({ name, expected: champion });
  expect(await share()).toBeUndefined();
});

test('a redrive makes a configuration of its own', async () => {
  await update();
  await rollback();
  const [before] = [await ledger.getChampion(pipeline)];
  expect(before).toMatchObject({ runId: champion });
  const redriven = { action: 'update', runId: challenger, winner: 0, modelPackageArn: 'arn:package', redrives: 1 };
  // Only when the ledger says that it goes on in it.
  await expect(deployEndpoint(redriven)).rejects.toThrow(/has ended/);
  await ledger.markEnding(challenger);
  await ledger.markCleared(challenger);
  expect(await ledger.resumeRun(challenger, 1, 0)).toBe(true);
  expect(await deployEndpoint(redriven)).toMatchObject({ expected: `${challenger}-shift1`, shifts: true });
  expect(await shiftTraffic({ runId: challenger, tick: 0, redrives: 1 })).toMatchObject({ share: 0.5 });
  await ledger.unlock(pipeline, `${challenger}#1`);
});

test('two models beside each other keep their shares of what is left, and get them back', async () => {
  const second = runIdNumber(++counter);
  await begun(second);
  const { target: _, endpointConfigName: __, ...model } = championOf(second);
  const both = { endpointConfigName: second, beside: { ...model, weight: 0.2 } };
  await ledger.putBeside(pipeline, championOf(champion), both);
  configs.set(second, [
    { name: champion, weight: 0.8, instances: '1 ml.m5.large' },
    { name: second, weight: 0.2, instances: '1 ml.m5.large' },
  ]);
  at(second);
  await update();
  expect(endpoint.variants.map(({ weight }) => weight)).toEqual([0.8, 0.2, 0]);
  await tick(0);
  expect(weighings).toEqual([{ [champion]: 0.4, [second]: 0.1, [challenger]: 0.5 }]);
  expect(await rollback()).toEqual({ name, expected: second });
  expect(weighings.at(-1)).toEqual({ [champion]: 0.8, [second]: 0.2, [challenger]: 0 });

  // The second of them, promoted, begins with the share that it has.
  const promotion = runIdNumber(++counter);
  await begun(promotion);
  const deploys = { version: 2, modelPackageArn: 'arn:package', runId: second, winner: 0 };
  await world.plan(promotion, championOf(champion), ', traffic: { canary: {} }', deploys);
  challenger = promotion;
  await update();
  expect(configs.get(`${promotion}-shift`)?.map((it) => [it.name, it.weight])).toEqual([
    [champion, 0.8],
    [second, 0.2],
  ]);
  await tick(0);
  expect(weighings.at(-1)).toEqual({ [champion]: 0.72, [second]: 0.28 });
});
