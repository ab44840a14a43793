import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRuntime } from '../../runtime/index.ts';
import type { ServiceFactory } from '../../runtime/operation.ts';
import { iam } from '../../runtime/services/iam/index.ts';

describe('opening and closing a runtime', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sluice-runtime-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  test('roles and root credentials survive a restart', async () => {
    const first = await openRuntime({ dataDir, services: [iam] });
    const principal = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' } as const;
    const statement = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } };
    const role = { RoleName: 'kept', AssumeRolePolicyDocument: JSON.stringify({ Statement: statement }) };
    await first.world.call(principal, 'iam', 'CreateRole', role);
    await first.close();
    await first.close();
    await using second = await openRuntime({ dataDir, services: [iam] });
    expect(second.credentials).toEqual(first.credentials);
    expect(await second.world.call(principal, 'iam', 'GetRole', { RoleName: 'kept' })).toMatchObject({
      Role: { Arn: 'arn:aws:iam::000000000000:role/kept' },
    });
  });

  test('a folder in use is refused, here and in another process', async () => {
    const first = await openRuntime({ dataDir, services: [] });
    await expect(openRuntime({ dataDir, services: [] })).rejects.toThrow(
      `in use by the runtime of process ${process.pid}`,
    );
    await first.close();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await writeFile(join(dataDir, 'lock'), `${other.pid} \n`);
    await expect(openRuntime({ dataDir, services: [] })).rejects.toThrow(
      `in use by the runtime of process ${other.pid}`,
    );
    other.kill('SIGKILL');
    await once(other, 'exit');
    const third = await openRuntime({ dataDir, services: [] });
    expect(await readFile(join(dataDir, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    await third.close();
  });

  test('the lock of a process whose id was given to another is taken over', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await writeFile(join(dataDir, 'lock'), `${other.pid} 1\n`);
    await using runtime = await openRuntime({ dataDir, services: [] });
    expect(runtime.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    other.kill('SIGKILL');
    await once(other, 'exit');
  });

  test('a port in use is said, and what was opened is closed again', async () => {
    await using first = await openRuntime({ dataDir: join(dataDir, 'a'), services: [] });
    const port = Number(new URL(first.endpoint).port);
    const second = openRuntime({ dataDir: join(dataDir, 'b'), port, services: [] });
    await expect(second).rejects.toThrow(`Port ${port} of 127.0.0.1 is in use`);
    await using third = await openRuntime({ dataDir: join(dataDir, 'b'), services: [] });
    expect(third.endpoint).not.toBe(first.endpoint);
  });

  test('services start in order once the gateway listens, and stop the other way round', async () => {
    const order: string[] = [];
    const service =
      (name: string): ServiceFactory =>
      (world) => ({
        name,
        protocol: 'restJson',
        operations: {},
        state: {},
        start: () => void order.push(`${name} started with ${new URL(world.endpoint).hostname}`),
        stop: () => void order.push(`${name} stopped`),
      });
    const runtime = await openRuntime({ dataDir, services: [service('a'), service('b')] });
    await runtime.close();
    expect(order).toEqual(['a started with 127.0.0.1', 'b started with 127.0.0.1', 'b stopped', 'a stopped']);
  });

  test('a request that comes while services stop is cut off, not answered', async () => {
    let stopping: (() => void) | undefined;
    const slow: ServiceFactory = () => ({
      name: 'execute-api',
      protocol: 'restJson',
      operations: {},
      state: {},
      stop: () => new Promise<void>((resolve) => (stopping = resolve)),
    });
    const runtime = await openRuntime({ dataDir, services: [slow] });
    const closed = runtime.close();
    const late = fetch(`${runtime.endpoint}/execute-api/x/`);
    setImmediate(() => stopping?.());
    await expect(late).rejects.toThrow('fetch failed');
    await closed;
  });

  test('wrong options are refused by name', async () => {
    await expect(openRuntime({ dataDir, services: [], accountId: '1' })).rejects.toThrow(
      'accountId must be twelve digits',
    );
    await expect(openRuntime({ dataDir, services: [], region: 'here' })).rejects.toThrow(
      "region must look like 'eu-west-1'",
    );
    await expect(openRuntime({ dataDir, services: [], port: 70_000 })).rejects.toThrow('port must be an integer');
    await expect(openRuntime({ dataDir, services: [iam, iam] })).rejects.toThrow("Two services are called 'iam'");
  });

  test('a body that never ends is not waited for when the runtime closes', async () => {
    const runtime = await openRuntime({ dataDir, services: [] });
    const hanging = request(`${runtime.endpoint}/execute-api/x`, { method: 'POST', headers: { 'content-length': 10 } });
    const gone = new Promise((resolve) => hanging.once('close', resolve));
    hanging.on('error', () => {});
    hanging.write('abc');
    await new Promise((resolve) => setImmediate(resolve));
    await runtime.close();
    await gone;
  });
});
