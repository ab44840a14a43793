import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ListStateMachinesCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { systemClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { operation, type Principal, type ServiceFactory } from '../../../runtime/operation.ts';
import { iam } from '../../../runtime/services/iam/index.ts';
import { sts } from '../../../runtime/services/sts/index.ts';

const machine = 'arn:aws:states:eu-west-1:000000000000:stateMachine:train';
const roleArn = 'arn:aws:iam::000000000000:role/sluice-dev-submit';

const states: ServiceFactory = () => ({
  name: 'states',
  protocol: 'awsJson1.0',
  operations: {
    StartExecution: operation({
      input: z.strictObject({ stateMachineArn: z.string(), name: z.string().optional() }),
      needs: ({ stateMachineArn }) => [{ action: 'states:StartExecution', resource: stateMachineArn }],
      run: () => ({ executionArn: 'e', startDate: 0 }),
    }),
    ListStateMachines: operation({
      input: z.strictObject({}),
      needs: () => [{ action: 'states:ListStateMachines', resource: '*' }],
      run: () => ({ stateMachines: [] }),
    }),
  },
  state: {},
});

const document = (statement: unknown) => JSON.stringify({ Version: '2012-10-17', Statement: statement });
const trust = document({
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { Service: 'lambda.amazonaws.com', AWS: '000000000000' },
});

describe('roles', () => {
  let dataDir: string;
  let runtime: Runtime;
  let ahead = 0;
  const clients: { destroy(): void }[] = [];
  const kept = <Client extends { destroy(): void }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  const config = (credentials = runtime.credentials) => ({
    endpoint: runtime.endpoint,
    region: runtime.region,
    credentials,
    maxAttempts: 1,
  });
  const call = (operationName: string, input: unknown) => {
    const root: Principal = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' };
    return runtime.world.call(root, 'iam', operationName, input);
  };
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sluice-iam-'));
    const clock = { ...systemClock, now: () => systemClock.now() + ahead };
    runtime = await openRuntime({ dataDir, clock, services: [iam, sts, states] });
    await call('CreateRole', { RoleName: 'sluice-dev-submit', AssumeRolePolicyDocument: trust });
    await call('PutRolePolicy', {
      RoleName: 'sluice-dev-submit',
      PolicyName: 'submit',
      PolicyDocument: document([
        { Effect: 'Allow', Action: ['states:StartExecution', 'states:StopExecution'], Resource: machine },
        { Effect: 'Deny', Action: 'states:ListStateMachines', Resource: '*' },
      ]),
    });
  });
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await runtime.close();
    await rm(dataDir, { recursive: true });
  });

  test('a role may do what its policies allow and nothing else', async () => {
    const credentials = runtime.world.credentialsFor(roleArn, 'sluice-dev-submit');
    const client = kept(new SFNClient(config(credentials)));
    await expect(client.send(new StartExecutionCommand({ stateMachineArn: machine }))).resolves.toBeDefined();
    await expect(client.send(new StartExecutionCommand({ stateMachineArn: `${machine}2` }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::000000000000:assumed-role/sluice-dev-submit/sluice-dev-submit is not authorized to perform: states:StartExecution on resource: ${machine}2 because no identity-based policy allows the states:StartExecution action`,
    });
    await expect(client.send(new ListStateMachinesCommand({}))).rejects.toThrow(
      'on resource: * with an explicit deny in an identity-based policy',
    );
  });

  test('the report names what a role lacked and what it never used', () => {
    expect(runtime.iamReport()).toContainEqual({
      roleArn,
      denied: [
        { action: 'states:StartExecution', resource: `${machine}2`, explicit: false, times: 1 },
        { action: 'states:ListStateMachines', resource: '*', explicit: true, times: 1 },
      ],
      used: [{ policy: 'submit', statement: 0, action: 'states:StartExecution', times: 1 }],
      unused: [{ policy: 'submit', statement: 0, action: 'states:StopExecution' }],
    });
  });

  test('a role is assumed over the wire and known by its session', async () => {
    const client = kept(new STSClient(config()));
    const { Credentials, AssumedRoleUser } = await client.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'me', DurationSeconds: 900 }),
    );
    expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::000000000000:assumed-role/sluice-dev-submit/me');
    expect(Credentials?.Expiration?.getTime()).toBeGreaterThan(systemClock.now());
    const {
      AccessKeyId: accessKeyId = '',
      SecretAccessKey: secretAccessKey = '',
      SessionToken: sessionToken = '',
    } = Credentials ?? {};
    const session = kept(new STSClient(config({ accessKeyId, secretAccessKey, sessionToken })));
    expect(await session.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '000000000000',
      Arn: AssumedRoleUser?.Arn,
    });
    ahead = 901_000;
    try {
      const late = kept(
        new STSClient({ ...config({ accessKeyId, secretAccessKey, sessionToken }), systemClockOffset: ahead }),
      );
      await expect(late.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'ExpiredToken' });
    } finally {
      ahead = 0;
    }
  });

  test('a service learns whether a role trusts it', async () => {
    const as = (service: string) =>
      runtime.world.call({ kind: 'service', arn: service, service }, 'sts', 'AssumeRole', {
        RoleArn: roleArn,
        RoleSessionName: 'check',
      });
    await expect(as('lambda.amazonaws.com')).resolves.toBeDefined();
    await expect(as('lambda')).resolves.toBeDefined();
    await expect(as('states.amazonaws.com')).rejects.toMatchObject({ code: 'AccessDenied' });
  });

  test('an unknown role is denied like one that does not trust the caller', async () => {
    const client = kept(new STSClient(config()));
    const missing = client.send(new AssumeRoleCommand({ RoleArn: `${roleArn}2`, RoleSessionName: 'me' }));
    await expect(missing).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  });

  test('query errors carry the words of the validation', async () => {
    const client = kept(new STSClient(config()));
    const short = client.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'me', DurationSeconds: 5 }));
    await expect(short).rejects.toThrow(
      "1 validation error detected: Value '5' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    );
  });

  test('a role lives from CreateRole to DeleteRole', async () => {
    await call('CreateRole', {
      RoleName: 'worker',
      AssumeRolePolicyDocument: trust,
      Path: '/batch/',
      Description: 'works',
    });
    await expect(call('CreateRole', { RoleName: 'worker', AssumeRolePolicyDocument: trust })).rejects.toMatchObject({
      code: 'EntityAlreadyExists',
    });
    expect(await call('ListRoles', { PathPrefix: '/batch/' })).toMatchObject({
      Roles: [{ Arn: 'arn:aws:iam::000000000000:role/batch/worker' }],
      IsTruncated: false,
    });
    const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
    await call('AttachRolePolicy', { RoleName: 'worker', PolicyArn });
    await expect(
      call('AttachRolePolicy', { RoleName: 'worker', PolicyArn: 'arn:aws:iam::aws:policy/Unknown' }),
    ).rejects.toThrow('write other permissions as an inline policy');
    expect(await call('ListAttachedRolePolicies', { RoleName: 'worker' })).toMatchObject({
      AttachedPolicies: [{ PolicyName: 'AWSLambdaBasicExecutionRole', PolicyArn }],
    });
    await expect(call('DeleteRole', { RoleName: 'worker' })).rejects.toMatchObject({ code: 'DeleteConflict' });
    await call('DetachRolePolicy', { RoleName: 'worker', PolicyArn });
    const text = document({ Effect: 'Allow', Action: 's3:*', Resource: '*' });
    await call('PutRolePolicy', { RoleName: 'worker', PolicyName: 'all', PolicyDocument: text });
    expect(await call('GetRolePolicy', { RoleName: 'worker', PolicyName: 'all' })).toMatchObject({
      PolicyDocument: encodeURIComponent(text),
    });
    expect(await call('ListRolePolicies', { RoleName: 'worker' })).toMatchObject({ PolicyNames: ['all'] });
    await call('DeleteRolePolicy', { RoleName: 'worker', PolicyName: 'all' });
    await call('UpdateAssumeRolePolicy', { RoleName: 'worker', PolicyDocument: trust });
    await call('DeleteRole', { RoleName: 'worker' });
    await expect(call('GetRole', { RoleName: 'worker' })).rejects.toMatchObject({ code: 'NoSuchEntity', status: 404 });
  });
});
