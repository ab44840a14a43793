import {
  AddPermissionCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { openRuntime } from '../../../../runtime/index.ts';
import type { Principal } from '../../../../runtime/operation.ts';
import { iam } from '../../../../runtime/services/iam/index.ts';
import { lambda } from '../../../../runtime/services/lambda/index.ts';
import { logs } from '../../../../runtime/services/logs/index.ts';
import { sts } from '../../../../runtime/services/sts/index.ts';
import { clientOf, connect, create, esm, invoke, removeFolders, role, temporaryFolder } from './functionFixture.ts';

afterAll(removeFolders);

describe('the function’s policy', () => {
  const rule = 'arn:aws:events:eu-west-1:000000000000:rule/nightly';
  const events: Principal = { kind: 'service', service: 'events.amazonaws.com', arn: rule };

  test('lets a service in for the source it names and for no other', async () => {
    await using runtime = await openRuntime({ dataDir: await temporaryFolder(), services: [lambda] });
    const client = clientOf(runtime);
    await create(client, 'guarded', esm(`export const handler = () => 'in'`));
    const call = (principal: Principal) =>
      runtime.world.call(principal, 'lambda', 'Invoke', { FunctionName: 'guarded' });
    await expect(call(events)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await client.send(
      new AddPermissionCommand({
        FunctionName: 'guarded',
        StatementId: 'nightly',
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: 'arn:aws:events:eu-west-1:000000000000:rule/night*',
      }),
    );
    expect(await call(events)).toMatchObject({ StatusCode: 200 });
    await expect(call({ ...events, arn: rule.replace('nightly', 'daily') })).rejects.toThrow('not authorized');
    await expect(call({ ...events, service: 'sns.amazonaws.com' })).rejects.toThrow('not authorized');
    const { Policy } = await client.send(new GetPolicyCommand({ FunctionName: 'guarded' }));
    expect(JSON.parse(Policy ?? '')).toMatchObject({
      Statement: [{ Sid: 'nightly', Principal: { Service: 'events.amazonaws.com' } }],
    });
    await client.send(new RemovePermissionCommand({ FunctionName: 'guarded', StatementId: 'nightly' }));
    await expect(call(events)).rejects.toThrow('not authorized');
  });
});

describe('the function’s role', () => {
  const asRoot: Principal = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' };
  const trusting = (service: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    });
  const basic = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

  test('must trust Lambda, and may only log what its policies allow', async () => {
    const folder = await temporaryFolder();
    const services = [iam, lambda, logs, sts];
    const here = await openRuntime({ dataDir: folder, services });
    const ask = (service: string, name: string, input: object) => here.world.call(asRoot, service, name, input);
    const make = (name: string) =>
      ask('lambda', 'CreateFunction', {
        FunctionName: name,
        Code: { ZipFile: esm(`export const handler = async () => console.log('heard')`) },
        Role: `arn:aws:iam::000000000000:role/${name}`,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
      });
    for (const [RoleName, service] of [
      ['stranger', 'states.amazonaws.com'],
      ['mute', 'lambda.amazonaws.com'],
      ['speaker', 'lambda.amazonaws.com'],
    ] as const)
      await ask('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: trusting(service) });
    await ask('iam', 'AttachRolePolicy', { RoleName: 'speaker', PolicyArn: basic });

    const refusal = 'The role defined for the function cannot be assumed by Lambda.';
    await expect(make('stranger')).rejects.toThrow(refusal);
    await expect(make('nobody')).rejects.toThrow(refusal);
    for (const FunctionName of ['mute', 'speaker']) {
      await make(FunctionName);
      expect(await ask('lambda', 'Invoke', { FunctionName })).toMatchObject({ StatusCode: 200 });
    }
    await here.close();

    await using after = await openRuntime({ dataDir: folder, services });
    expect([...after.world.store.table('logs.groups').keys()]).toEqual(['/aws/lambda/speaker']);
  });

  test('is who its AWS clients are: the bundled SDK finds endpoint and credentials in the environment', async () => {
    const bundled = await build({
      stdin: {
        contents: `import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
          const sts = new STSClient({});
          export const handler = async () => (await sts.send(new GetCallerIdentityCommand({}))).Arn;`,
        resolveDir: process.cwd(),
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    });
    await using here = await openRuntime({ dataDir: await temporaryFolder(), services: [lambda, sts] });
    const to = clientOf(here);
    const settings = {
      FunctionName: 'who',
      Role: role,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 20,
    } as const;
    const text = bundled.outputFiles[0]?.text ?? '';
    await here.world.call(asRoot, 'lambda', 'CreateFunction', { ...settings, Code: { ZipFile: esm(text) } });
    expect((await invoke(to, 'who')).payload).toBe('arn:aws:sts::000000000000:assumed-role/worker/who');
  });

  test('invokes another function only where its policies allow', async () => {
    await using here = await openRuntime({
      dataDir: await temporaryFolder(),
      services: [iam, lambda, sts],
    });
    await here.world.call(asRoot, 'iam', 'CreateRole', {
      RoleName: 'caller',
      AssumeRolePolicyDocument: trusting('lambda.amazonaws.com'),
    });
    const caller = new LambdaClient({
      ...connect(here),
      credentials: here.world.credentialsFor('arn:aws:iam::000000000000:role/caller', 'test'),
    });
    await expect(caller.send(new InvokeCommand({ FunctionName: 'plan' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        'lambda:InvokeFunction on resource: arn:aws:lambda:eu-west-1:000000000000:function:plan',
      ),
    });
  });
});
