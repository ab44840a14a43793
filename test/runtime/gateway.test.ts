import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SFNClient, DescribeExecutionCommand, ListActivitiesCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { openRuntime, type Runtime } from '../../runtime/index.ts';
import { operation, type ServiceFactory } from '../../runtime/operation.ts';

const arn = z
  .string()
  .min(1)
  .max(60)
  .regex(/^arn:aws:[a-zA-Z0-9:_-]+$/);

const startExecution = operation({
  input: z.strictObject({ stateMachineArn: arn, name: z.string().max(8).optional(), input: z.string().optional() }),
  needs: ({ stateMachineArn }) => [{ action: 'states:StartExecution', resource: stateMachineArn }],
  async run({ stateMachineArn, name = 'x' }, { world, principal }) {
    world.store.table('states.executions').set(name, { by: principal.arn });
    await world.store.flushed();
    return { executionArn: `${stateMachineArn}:${name}`, startDate: world.clock.now() / 1000 };
  },
});

const describeExecution = operation({
  input: z.strictObject({ executionArn: arn }),
  needs: () => [],
  run() {
    throw new Error('a defect');
  },
});

const states: ServiceFactory = () => ({
  name: 'states',
  protocol: 'awsJson1.0',
  operations: { StartExecution: startExecution, DescribeExecution: describeExecution },
  state: {},
});

const machine = 'arn:aws:states:eu-west-1:000000000000:stateMachine:train';

describe('a runtime answers official SDK clients', () => {
  let dataDir: string;
  let runtime: Runtime;
  let client: SFNClient;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sluice-gateway-'));
    runtime = await openRuntime({ dataDir, services: [states] });
    const { endpoint, region, credentials } = runtime;
    client = new SFNClient({ endpoint, region, credentials, maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await runtime.close();
    await rm(dataDir, { recursive: true });
  });

  test('an operation runs as the root user and its output comes back typed', async () => {
    const started = await client.send(new StartExecutionCommand({ stateMachineArn: machine, name: 'one' }));
    expect(started.executionArn).toBe(`${machine}:one`);
    expect(started.startDate).toBeInstanceOf(Date);
    expect(started.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(runtime.world.store.table('states.executions').get('one')).toEqual({ by: 'arn:aws:iam::000000000000:root' });
  });

  test('what is wrong with an input is said in the words of AWS', async () => {
    const bad = client.send(new StartExecutionCommand({ stateMachineArn: 'x!', name: 'much too long' }));
    await expect(bad).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "2 validation errors detected: Value 'x!' at 'stateMachineArn' failed to satisfy constraint: Member must satisfy regular expression pattern: ^arn:aws:[a-zA-Z0-9:_-]+$; " +
        "Value 'much too long' at 'name' failed to satisfy constraint: Member must have length less than or equal to 8",
    });
    const none = client.send(new StartExecutionCommand({ stateMachineArn: undefined }));
    await expect(none).rejects.toThrow(
      "1 validation error detected: Value null at 'stateMachineArn' failed to satisfy constraint: Member must not be null",
    );
  });

  test('a member that would be ignored is refused', async () => {
    const unknown = client.send(new StartExecutionCommand({ stateMachineArn: machine, traceHeader: 't' }));
    await expect(unknown).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('NotImplemented: StartExecution.traceHeader') as unknown,
      $metadata: { httpStatusCode: 501 },
    });
  });

  test('an unknown operation is refused with the known ones', async () => {
    await expect(client.send(new ListActivitiesCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('DescribeExecution, StartExecution') as unknown,
    });
  });

  test('a defect is a 500 that says nothing of the inside', async () => {
    const failed = client.send(new DescribeExecutionCommand({ executionArn: machine }));
    await expect(failed).rejects.toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
    await expect(failed).rejects.not.toThrow('a defect');
  });

  test('an unsigned request and an unknown key are refused', async () => {
    const unsigned = await fetch(runtime.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': 'AWSStepFunctions.StartExecution' },
    });
    expect(unsigned.status).toBe(403);
    expect(await unsigned.json()).toMatchObject({ __type: 'MissingAuthenticationToken' });
    const stranger = new SFNClient({
      endpoint: runtime.endpoint,
      region: runtime.region,
      credentials: { accessKeyId: 'AKIAUNKNOWN000000000', secretAccessKey: 's' },
    });
    await expect(stranger.send(new StartExecutionCommand({ stateMachineArn: machine }))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    stranger.destroy();
  });

  test('the root credentials are readable by their owner only', async () => {
    expect((await stat(join(dataDir, 'credentials.json'))).mode & 0o777).toBe(0o600);
  });
});
