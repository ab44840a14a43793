import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { CreateEndpointConfigCommandInput } from '@aws-sdk/client-sagemaker';
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
let deployEndpoint: (event: unknown) => Promise<unknown>;
let promote: (event: unknown) => Promise<unknown>;
let ledger: Awaited<ReturnType<typeof openLedger>>;
let clients: typeof import('../../functions/lib/clients.ts');

beforeAll(async () => {
  world = await openFunctionWorld();
  deployEndpoint = called((await import('../../functions/deployEndpoint.ts')).handler);
  promote = called((await import('../../functions/promote.ts')).handler);
  ledger = await openLedger();
  clients = await import('../../functions/lib/clients.ts');
});
afterAll(() => world.close());

interface Endpoint {
  EndpointStatus: string;
  EndpointConfigName: string;
  PendingDeploymentSummary?: { EndpointConfigName: string };
}

let endpoint: Endpoint | undefined;
let calls: string[];
/** Endpoint configurations by name, with the weights of their variants. */
let configs: Map<string, number[]>;

let counter = 0;
const [champion, challenger] = [runIdNumber(1), runIdNumber(2)];

beforeEach(async () => {
  endpoint = undefined;
  configs = new Map();
  calls = script(clients.sagemaker(), {
    DescribeEndpoint() {
      if (!endpoint) throw awsError('ValidationException', 'Could not find endpoint "x".');
      return { EndpointName: pipeline, ...endpoint };
    },
    DeleteEndpoint: () => ((endpoint = undefined), {}),
    CreateEndpointConfig(input) {
      const { EndpointConfigName = '', ProductionVariants } = input as unknown as CreateEndpointConfigCommandInput;
      if (configs.has(EndpointConfigName)) throw awsError('ValidationException', 'Cannot create already existing one.');
      configs.set(
        EndpointConfigName,
        (ProductionVariants ?? []).map(({ InitialVariantWeight = 1 }) => InitialVariantWeight),
      );
    },
    DeleteEndpointConfig({ EndpointConfigName = '' }) {
      if (!configs.delete(EndpointConfigName)) throw awsError('ValidationException', 'Could not find it.');
    },
    ListEndpointConfigs: () => ({
      EndpointConfigs: [...configs.keys()].map((EndpointConfigName) => ({ EndpointConfigName })),
    }),
  });
  await ledger.unlock(pipeline, champion);
  await ledger.unlock(pipeline, challenger);
});

/** A run in the ledger, with the champion it is compared with. */
const begun = async (runId: string, comparedWith?: string, deploy?: string) => {
  const source = { bucket: 'function-world', key: `drop/${pipeline}/${counter++}.csv` };
  await ledger.addRun({ runId, pipeline, source, trigger: 's3' });
  await world.plan(runId, comparedWith === undefined ? undefined : championOf(comparedWith), deploy);
};

const update = (runId: string) =>
  deployEndpoint({ action: 'update', runId, winner: 0, modelPackageArn: 'arn:package' });
const rollback = (runId: string) => deployEndpoint({ action: 'rollback', runId });
const promotion = (runId: string) =>
  promote({ runId, winner: 0, modelPackageArn: 'arn:package', target: 'endpoint' as const });

test('never touches an endpoint that is not of the pipeline, neither forth nor back', async () => {
  await begun(challenger);
  endpoint = { EndpointStatus: 'InService', EndpointConfigName: 'made-by-hand' };
  await expect(update(challenger)).rejects.toMatchObject({ name: 'InputError' });
  expect(await rollback(challenger)).toEqual({ name: `sluice-dev-${pipeline}`, expected: null });
  expect(calls).not.toContain('UpdateEndpoint');
  expect(calls).not.toContain('DeleteEndpoint');
  expect(await ledger.lockHolder(pipeline)).toBeUndefined();
});

test('a first endpoint that failed is taken away again, once it can be', async () => {
  await begun(challenger);
  await update(challenger);
  expect(calls).toContain('CreateEndpoint');
  endpoint = { EndpointStatus: 'Creating', EndpointConfigName: challenger };
  // Retried: SageMaker does not delete an endpoint that is being created.
  await expect(rollback(challenger)).rejects.toMatchObject({ name: 'PlatformError' });
  endpoint.EndpointStatus = 'Failed';
  await rollback(challenger);
  expect(endpoint).toBeUndefined();
});

test('waits while another run deploys, and finds an update of its own that it was not told of', async () => {
  await begun(champion);
  await ledger.lock(pipeline, challenger);
  await expect(update(champion)).rejects.toMatchObject({ name: 'PlatformError' });
  await ledger.unlock(pipeline, challenger);
  endpoint = {
    EndpointStatus: 'Updating',
    EndpointConfigName: challenger,
    PendingDeploymentSummary: { EndpointConfigName: champion },
  };
  expect(await update(champion)).toEqual({ name: `sluice-dev-${pipeline}`, expected: champion, shifts: false });
  expect(calls).not.toContain('UpdateEndpoint');
});

test('a model that was compared with an earlier champion is neither deployed nor promoted', async () => {
  await begun(champion);
  await promotion(champion);
  expect(await ledger.getChampion(pipeline)).toMatchObject({ runId: champion, threshold: 0.3 });
  await begun(challenger);
  await expect(update(challenger)).rejects.toThrow(/Another run changed the deployed model/);
  await expect(promotion(challenger)).rejects.toThrow(/Another run changed the deployed model/);
  expect(calls).not.toContain('UpdateEndpoint');
  // The same promotion again is the same promotion.
  await promotion(champion);
});

test('goes back to the present champion, and gives the lock back', async () => {
  const third = runIdNumber(3);
  await begun(third, champion);
  endpoint = { EndpointStatus: 'InService', EndpointConfigName: champion };
  await update(third);
  expect(await ledger.lockHolder(pipeline)).toBe(third);
  endpoint = { EndpointStatus: 'InService', EndpointConfigName: third };
  expect(await rollback(third)).toEqual({ name: `sluice-dev-${pipeline}`, expected: champion });
  expect(calls.filter((call) => call === 'UpdateEndpoint')).toHaveLength(2);
  expect(await ledger.lockHolder(pipeline)).toBeUndefined();
  // A run that has ended meanwhile does not begin to deploy, and leaves no lock.
  await ledger.markEnding(third);
  await expect(update(third)).rejects.toThrow(/has ended/);
  expect(await ledger.lockHolder(pipeline)).toBeUndefined();
});

test('what goes back to two models goes back to the shares that they have now, not to the first ones', async () => {
  const [beside, failing] = [runIdNumber(4), runIdNumber(5)];
  const weights = ', weights: { champion: 0.8, challenger: 0.2 }';
  await begun(beside, champion, weights);
  endpoint = { EndpointStatus: 'InService', EndpointConfigName: champion };
  await update(beside);
  expect(configs.get(beside)).toEqual([0.8, 0.2]);
  // Whoever hears how runs end hears of a challenger that fails in production, too.
  const { MetricAlarms = [] } = await clients.cloudwatch().send(new DescribeAlarmsCommand({}));
  expect(MetricAlarms.find(({ AlarmName }) => AlarmName?.endsWith(`${beside.slice(-16)}-serverErrors`))).toMatchObject({
    Dimensions: [{ Name: 'EndpointName' }, { Name: 'VariantName', Value: beside }],
    AlarmActions: [process.env['TOPIC_ARN']],
  });
  endpoint = { EndpointStatus: 'InService', EndpointConfigName: beside };
  await promotion(beside);
  expect(await ledger.getChampion(pipeline)).toMatchObject({
    runId: champion,
    endpointConfigName: beside,
    beside: { runId: beside, weight: 0.2 },
  });
  // Told again, as after a lost answer, it is the same: the whole step as well as the write alone.
  await promotion(beside);
  const { target: _, endpointConfigName: __, ...model } = championOf(beside);
  const again = { endpointConfigName: beside, beside: { ...model, weight: 0.2 } };
  expect(await ledger.putBeside(pipeline, championOf(champion), again)).toBe(true);
  expect(await ledger.putBeside(pipeline, championOf(runIdNumber(9)), again)).toBe(false);

  const both = await ledger.getChampion(pipeline);
  if (both) await ledger.setWeight(pipeline, both, 0.6);
  await begun(failing, champion, weights);
  await update(failing);
  endpoint = { EndpointStatus: 'InService', EndpointConfigName: failing };
  expect(await rollback(failing)).toEqual({ name: `sluice-dev-${pipeline}`, expected: beside });
  expect(configs.get(beside)).toEqual([0.4, 0.6]);
  // An attempt that died between the two finds nothing to delete.
  configs.delete(beside);
  await rollback(failing);
  expect(configs.get(beside)).toEqual([0.4, 0.6]);
});

test('a challenger whose run has lost the deployment serves beside nobody', async () => {
  const late = runIdNumber(6);
  await begun(late, champion, ', weights: { champion: 0.5, challenger: 0.5 }');
  await expect(promotion(late)).rejects.toThrow(/Another run changed the deployed model/);
  expect(await ledger.getChampion(pipeline)).toMatchObject({ beside: { runId: runIdNumber(4) } });
});

test('a run that is to take one challenger away leaves another one in its place', async () => {
  const [away, other] = [runIdNumber(8), runIdNumber(3)];
  endpoint = { EndpointStatus: 'InService', EndpointConfigName: runIdNumber(4) };
  const takes = async (runId: string, beside: string) => {
    await begun(runId, champion);
    const model = { version: 1, modelPackageArn: 'arn:package', runId: champion, winner: 0, beside };
    await world.plan(runId, championOf(champion), '', model);
    return update(runId);
  };
  await expect(takes(away, other)).rejects.toMatchObject({ name: 'Overtaken' });
  expect(calls).not.toContain('UpdateEndpoint');
  await ledger.unlock(pipeline, away);
  const meant = runIdNumber(10);
  expect(await takes(meant, runIdNumber(4))).toMatchObject({ expected: meant });
  expect(configs.get(meant)).toEqual([1]);
  await ledger.unlock(pipeline, meant);
});

test('a deployment deletes the configurations that it makes needless, of its own pipeline only', async () => {
  const next = runIdNumber(7);
  configs
    .set('made-by-hand', [1])
    .set(runIdNumber(5), [1])
    .set(`${pipeline}-other-${'0'.repeat(16)}`, [1]);
  await begun(next, champion);
  endpoint = { EndpointStatus: 'InService', EndpointConfigName: runIdNumber(4) };
  await update(next);
  await promotion(next);
  expect([...configs.keys()]).toEqual(['made-by-hand', `${pipeline}-other-${'0'.repeat(16)}`, next]);
  expect((await ledger.getChampion(pipeline))?.beside).toBeUndefined();
});
