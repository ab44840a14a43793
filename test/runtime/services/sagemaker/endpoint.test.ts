import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  CreateEndpointCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hosting } from '../../../fixtures/hosting.ts';
import { escapingModel, linkingModel, meanModel, poisonedModel } from '../../../fixtures/modelArchives.ts';
import {
  eventually,
  bucket,
  image,
  openSageMakerWorld,
  roleArn,
  type SageMakerWorld,
} from '../../../fixtures/sagemakerWorld.ts';

let world: SageMakerWorld;
let host: ReturnType<typeof hosting>;

beforeAll(async () => {
  world = await openSageMakerWorld({ timing: { invocation: 300, startup: 5_000 } });
  host = hosting(world);
  await host.model('three', await meanModel(3));
  await host.model('four', await meanModel(4));
  await host.model('poisoned', await poisonedModel());
  await host.config('three', { three: 1 });
  await host.config('four', { four: 1 });
  await host.config('poisoned', { poisoned: 1 });
});
afterAll(() => world.close());

const statusesOf = (name: string) =>
  world.heard.filter(({ detail }) => detail['EndpointName'] === name).map(({ detail }) => detail['EndpointStatus']);

/** The last statuses announced become these: an endpoint shows its state before the event is delivered. */
const announces = (name: string, ...statuses: string[]) =>
  eventually(
    () => Promise.resolve(statusesOf(name).slice(-statuses.length)),
    (last) => last.join() === statuses.join(),
  );

describe('an endpoint', () => {
  test('goes from Creating to InService and answers with the variant that did', async () => {
    const endpoint = await host.endpoint('means', 'three');
    expect(endpoint).toMatchObject({
      EndpointArn: 'arn:aws:sagemaker:eu-west-1:000000000000:endpoint/means',
      EndpointConfigName: 'three',
      ProductionVariants: [{ VariantName: 'three', CurrentWeight: 1, CurrentInstanceCount: 1 }],
    });
    expect(await host.ask('means', '1\n2\n')).toMatchObject({
      text: '3\n3\n',
      ContentType: 'text/csv',
      InvokedProductionVariant: 'three',
    });
    await announces('means', 'CREATING', 'IN_SERVICE');
  });

  test('passes on what the container says of a bad request, as 424', async () => {
    await expect(host.ask('means', 'bad')).rejects.toMatchObject({
      name: 'ModelError',
      $metadata: expect.objectContaining({ httpStatusCode: 424 }),
      OriginalStatusCode: 400,
      OriginalMessage: 'bad record',
      message: expect.stringMatching(/^Received client error \(400\) from primary with message "bad record"/),
    });
    await expect(host.ask('means', '1', { ContentType: 'image/png' })).rejects.toMatchObject({
      OriginalStatusCode: 415,
    });
  });

  test('loses the request that ends its container, and answers the next', async () => {
    await expect(host.ask('means', 'crash')).rejects.toMatchObject({
      $metadata: expect.objectContaining({ httpStatusCode: 500 }),
    });
    expect((await host.ask('means', '1')).text).toBe('3\n');
  });

  test('gives up a request that takes too long, and answers the next', async () => {
    await expect(host.ask('means', 'hang')).rejects.toMatchObject({
      name: 'ModelError',
      message: expect.stringContaining('Your invocation timed out'),
    });
    // At once, while the container that hangs is still being killed.
    expect((await host.ask('means', '1')).text).toBe('3\n');
  });

  test('takes bodies up to 6 MiB', async () => {
    const limit = 6_291_456;
    expect((await host.ask('means', new Uint8Array(limit).fill(49))).text).toBe('3\n');
    await expect(host.ask('means', new Uint8Array(limit + 1).fill(49))).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });

  test('is not found unless it is in service', async () => {
    await expect(host.ask('nowhere', '1')).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Endpoint nowhere of account 000000000000 not found.',
    });
    await expect(host.describe('nowhere')).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(/^Could not find endpoint "arn:aws:sagemaker/),
    });
  });
});

describe('updating an endpoint', () => {
  const update = (EndpointConfigName: string, more: object = {}) =>
    world.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'means', EndpointConfigName, ...more }));

  test('keeps the old fleet in service until the new one answers; no request is lost', async () => {
    const slow = host.ask('means', 'slow');
    await update('four');
    let answered = 0;
    for (let done = false; !done; answered += 1) {
      expect(['3\n', '4\n']).toContain((await host.ask('means', '1')).text);
      done = (await host.describe('means')).EndpointStatus === 'InService';
    }
    expect(answered).toBeGreaterThan(0);
    expect((await slow).text).toBe('3\n');
    expect((await host.ask('means', '1')).text).toBe('4\n');
    expect((await host.describe('means')).EndpointConfigName).toBe('four');
    await announces('means', 'UPDATING', 'IN_SERVICE');
  });

  test('rolls back when the new fleet cannot be built', async () => {
    await update('poisoned');
    await expect(update('three')).rejects.toMatchObject({
      message: expect.stringMatching(/^Cannot update in-progress endpoint/),
    });
    const endpoint = await host.at('means', 'InService');
    expect(endpoint.EndpointConfigName).toBe('four');
    expect(endpoint.FailureReason).toMatch(
      /^The primary container for production variant poisoned did not pass the ping health check/,
    );
    expect((await host.ask('means', '1')).text).toBe('4\n');
    await announces('means', 'UPDATING', 'ROLLING_BACK', 'IN_SERVICE');
  });

  test('can keep the weights that were set meanwhile', async () => {
    await host.config('both', { three: 1, four: 1 });
    await update('both');
    await host.at('means', 'InService');
    await world.sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: 'means',
        DesiredWeightsAndCapacities: [{ VariantName: 'three', DesiredWeight: 0 }],
      }),
    );
    await host.at('means', 'InService');
    for (let i = 0; i < 10; i += 1) expect((await host.ask('means', '1')).text).toBe('4\n');
    expect((await host.ask('means', '1', { TargetVariant: 'three' })).text).toBe('3\n');
    await host.config('both-again', { three: 1, four: 1 });
    await update('both-again', { RetainAllVariantProperties: true });
    const kept = await host.at('means', 'InService');
    expect(kept.ProductionVariants?.map(({ CurrentWeight }) => CurrentWeight)).toEqual([0, 1]);
  });

  test('keeps the deployment configuration it was last updated with', async () => {
    const TrafficRoutingConfiguration = { Type: 'ALL_AT_ONCE' as const, WaitIntervalInSeconds: 0 };
    await update('four', { DeploymentConfig: { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration } } });
    expect((await host.at('means', 'InService')).LastDeploymentConfig).toMatchObject({
      BlueGreenUpdatePolicy: { TrafficRoutingConfiguration },
    });
  });
});

describe('an endpoint that cannot be created', () => {
  const fails = async (name: string, archive: Uint8Array) => {
    await host.model(name, archive);
    await host.config(name, { [name]: 1 });
    await world.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
    return host.at(name, 'Failed');
  };

  test('is Failed with the reason, answers nothing and can only be deleted', async () => {
    const { FailureReason } = await fails('sick', await poisonedModel());
    expect(FailureReason).toMatch(/did not pass the ping health check/);
    await expect(host.ask('sick', '1')).rejects.toMatchObject({ name: 'ValidationError' });
    const update = new UpdateEndpointCommand({ EndpointName: 'sick', EndpointConfigName: 'three' });
    await expect(world.sagemaker.send(update)).rejects.toMatchObject({ name: 'ValidationException' });
    await world.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'sick' }));
  });

  test.each([
    ['leaves its folder', escapingModel, /would leave the model folder/],
    ['holds links', linkingModel, /is a symlink/],
    ['is no archive', () => Promise.resolve(Buffer.from('not a tar.gz')), /not a readable tar\.gz/],
  ])('refuses an archive that %s', async (what, make, reason) => {
    const { FailureReason } = await fails(what.replaceAll(' ', '-'), await make());
    expect(FailureReason).toMatch(reason);
    expect(existsSync(join(world.dataDir, 'sagemaker/serving/escaped.json'))).toBe(false);
  });

  test('fails when its model data has gone', async () => {
    await host.model('gone', await meanModel(1));
    await host.config('gone', { gone: 1 });
    await world.put('models/gone.tar.gz', 'replaced');
    await world.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'gone', EndpointConfigName: 'gone' }));
    expect((await host.at('gone', 'Failed')).FailureReason).toMatch(/not a readable tar\.gz/);
  });
});

describe('models and configurations', () => {
  const create = (more: object) =>
    world.sagemaker.send(new CreateModelCommand({ ModelName: 'five', ExecutionRoleArn: roleArn, ...more }));

  test('a model must exist as data that its role can read, of an image that is known', async () => {
    const PrimaryContainer = { Image: image, ModelDataUrl: `s3://${bucket}/models/none.tar.gz` };
    await expect(create({ PrimaryContainer })).rejects.toMatchObject({
      name: 'ValidationException',
      message: `Could not find model data at s3://${bucket}/models/none.tar.gz.`,
    });
    await world.put('secret/model.tar.gz', 'x');
    const secret = { Image: image, ModelDataUrl: `s3://${bucket}/secret/model.tar.gz` };
    await expect(create({ PrimaryContainer: secret })).rejects.toMatchObject({
      message: expect.stringMatching(/^Could not access model data at s3:\/\/ml-data\/secret\/model\.tar\.gz/),
    });
    await expect(create({ PrimaryContainer: { Image: 'else:1' } })).rejects.toMatchObject({
      message: expect.stringContaining('mean, built-in'),
    });
    await expect(create({ PrimaryContainer: { Image: image, Mode: 'MultiModel' } })).rejects.toMatchObject({
      name: 'NotImplemented',
    });
  });

  test('are described, listed and deleted; an endpoint goes on without them', async () => {
    expect(await world.sagemaker.send(new DescribeModelCommand({ ModelName: 'four' }))).toMatchObject({
      ModelArn: 'arn:aws:sagemaker:eu-west-1:000000000000:model/four',
      PrimaryContainer: { Image: image },
    });
    const config = await world.sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: 'both' }));
    expect(config.ProductionVariants).toHaveLength(2);
    const { Models } = await world.sagemaker.send(new ListModelsCommand({ NameContains: 'FOUR' }));
    expect(Models?.map(({ ModelName }) => ModelName)).toEqual(['four']);
    const { EndpointConfigs = [] } = await world.sagemaker.send(new ListEndpointConfigsCommand({ MaxResults: 2 }));
    expect(EndpointConfigs).toHaveLength(2);
    await world.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: 'four' }));
    await world.sagemaker.send(new DeleteModelCommand({ ModelName: 'four' }));
    expect((await host.ask('means', '1')).text).toBe('4\n');
    await expect(world.sagemaker.send(new DescribeModelCommand({ ModelName: 'four' }))).rejects.toMatchObject({
      message: expect.stringMatching(/^Could not find model "arn:/),
    });
  });

  test('cannot be made twice', async () => {
    await expect(host.model('three', await meanModel(3))).rejects.toMatchObject({
      message: expect.stringMatching(/^Cannot create already existing model "arn:/),
    });
    await expect(host.config('three', { three: 1 })).rejects.toMatchObject({
      message: expect.stringMatching(/^Cannot create already existing endpoint configuration/),
    });
    await expect(host.endpoint('means', 'three')).rejects.toMatchObject({
      message: expect.stringMatching(/^Cannot create already existing endpoint/),
    });
    await expect(host.endpoint('other', 'none')).rejects.toMatchObject({
      message: expect.stringMatching(/^Could not find endpoint configuration/),
    });
  });
});

describe('after a restart', () => {
  test('an endpoint answers again, from the model it has on disk', async () => {
    await world.restart();
    expect((await host.describe('means')).EndpointStatus).toBe('InService');
    expect((await host.ask('means', '1')).text).toBe('4\n');
  });

  test('an endpoint that was being created is created', async () => {
    const input = { EndpointName: 'half-made', EndpointConfigName: 'three' };
    await world.sagemaker.send(new CreateEndpointCommand(input));
    await world.restart();
    await host.at('half-made', 'InService');
    expect((await host.ask('half-made', '1')).text).toBe('3\n');
  });

  test('an endpoint is gone after it was deleted', async () => {
    await world.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'means' }));
    await expect(host.at('means', 'gone')).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(/^Could not find endpoint/),
    });
    const { Endpoints = [] } = await world.sagemaker.send(new ListEndpointsCommand({ StatusEquals: 'InService' }));
    expect(Endpoints.map(({ EndpointName }) => EndpointName)).toEqual(['half-made']);
    expect(existsSync(join(world.dataDir, 'sagemaker/serving/means'))).toBe(false);
  });
});
