/** Layers and the functions that have them, seen through the official client. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DeleteLayerVersionCommand,
  GetFunctionConfigurationCommand,
  GetLayerVersionCommand,
  ListLayersCommand,
  ListLayerVersionsCommand,
  UpdateFunctionConfigurationCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openRuntime, type Runtime } from '../../../../runtime/index.ts';
import { lambda } from '../../../../runtime/services/lambda/index.ts';
import {
  clientOf,
  create,
  esm,
  invoke,
  publish,
  removeFolders,
  requiring,
  saying,
  temporaryFolder,
  until,
  zip,
} from './functionFixture.ts';

let dataDir: string;
let runtime: Runtime;
let client: LambdaClient;
let helloArn: string;

beforeAll(async () => {
  dataDir = await temporaryFolder();
  runtime = await openRuntime({ dataDir, services: [lambda] });
  client = clientOf(runtime);
  helloArn = (await publish(client, 'hello', saying('hello'))).LayerVersionArn ?? '';
});
afterAll(async () => {
  await runtime.close();
  await removeFolders();
});

describe('layer versions', () => {
  test('are numbered, described, listed and deleted, and no number comes again', async () => {
    const content = saying('one');
    const first = await publish(client, 'counted', content, {
      Description: 'Words',
      CompatibleRuntimes: ['nodejs22.x'],
      LicenseInfo: 'MIT',
    });
    const arn = 'arn:aws:lambda:eu-west-1:000000000000:layer:counted';
    expect(first).toMatchObject({
      LayerArn: arn,
      LayerVersionArn: `${arn}:1`,
      Version: 1,
      Description: 'Words',
      CompatibleRuntimes: ['nodejs22.x'],
      LicenseInfo: 'MIT',
      Content: { CodeSha256: createHash('sha256').update(content).digest('base64'), CodeSize: content.byteLength },
    });
    expect((await publish(client, 'counted', content)).Version).toBe(2);
    const list = async () =>
      (await client.send(new ListLayerVersionsCommand({ LayerName: 'counted' }))).LayerVersions?.map(
        (it) => it.Version,
      );
    expect(await list()).toEqual([2, 1]);
    const { Layers } = await client.send(new ListLayersCommand({ CompatibleRuntime: 'nodejs22.x' }));
    expect(Layers).toMatchObject([{ LayerName: 'counted', LatestMatchingVersion: { Version: 1 } }]);

    await client.send(new DeleteLayerVersionCommand({ LayerName: 'counted', VersionNumber: 2 }));
    await client.send(new DeleteLayerVersionCommand({ LayerName: arn, VersionNumber: 2 }));
    expect(await list()).toEqual([1]);
    await expect(
      client.send(new GetLayerVersionCommand({ LayerName: 'counted', VersionNumber: 2 })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect((await publish(client, 'counted', content)).Version).toBe(3);
  });

  test('that are no zip, or whose files leave their folder, are refused', async () => {
    await expect(publish(client, 'bad', Buffer.from('no zip'))).rejects.toThrow('Could not unzip uploaded file');
    await expect(publish(client, 'bad', zip({ '../evil.js': '' }))).rejects.toThrow('Could not unzip uploaded file');
    const damaged = Buffer.from(saying('damaged'));
    damaged.writeUInt8(damaged.readUInt8(70) ^ 0xff, 70);
    await expect(publish(client, 'bad', damaged)).rejects.toThrow('Could not unzip uploaded file');
  });
});

describe('a function with layers', () => {
  test('finds their packages, the last layer first, and says which it has', async () => {
    const other = await publish(client, 'other', saying('other'));
    const code = requiring(`export const handler = () => load('word');`);
    const made = await create(client, 'finds', code, { Layers: [other.LayerVersionArn ?? '', helloArn] });
    expect(made.Layers?.map(({ Arn }) => Arn)).toEqual([other.LayerVersionArn, helloArn]);
    expect((await invoke(client, 'finds')).payload).toBe('hello');

    await client.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'finds', Layers: [other.LayerVersionArn ?? ''] }),
    );
    expect((await invoke(client, 'finds')).payload).toBe('other');
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'finds', Layers: [] }));
    expect((await invoke(client, 'finds')).payload).toMatchObject({ errorType: 'Error' });
    const now = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'finds' }));
    expect(now.Layers).toBeUndefined();
  });

  test('keeps a layer that is deleted, also after a new start', async () => {
    const folder = await temporaryFolder();
    const before = await openRuntime({ dataDir: folder, services: [lambda] });
    const kept = await publish(clientOf(before), 'kept', saying('kept'));
    await publish(clientOf(before), 'unused', saying('unused'));
    await create(clientOf(before), 'keeps', requiring(`export const handler = () => load('word');`), {
      Layers: [kept.LayerVersionArn ?? ''],
    });
    for (const LayerName of ['kept', 'unused'])
      await clientOf(before).send(new DeleteLayerVersionCommand({ LayerName, VersionNumber: 1 }));
    await before.close();
    await using after = await openRuntime({ dataDir: folder, services: [lambda] });
    expect((await invoke(clientOf(after), 'keeps')).payload).toBe('kept');
    expect(readdirSync(join(folder, 'lambda', '.layers'))).toHaveLength(1);
  });

  test('may not have a layer that is not there, nor two versions of one', async () => {
    const make = (Layers: string[]) => create(client, 'refused', esm(''), { Layers });
    await expect(make([`${helloArn}9`])).rejects.toThrow(`Layer version ${helloArn}9 does not exist`);
    await expect(make([helloArn.replace('000000000000', '123456789012')])).rejects.toThrow('does not exist');
    const second = await publish(client, 'hello', saying('again'));
    await expect(make([helloArn, second.LayerVersionArn ?? ''])).rejects.toThrow('Two different versions');
  });

  test('runs in a process of its own that has the function’s environment, logs and folder, and nothing of the host’s', async () => {
    process.env['SECRET_OF_THE_HOST'] = 'leak';
    await create(
      client,
      'apart',
      requiring(`
        import { writeSync } from 'node:fs';
        export const handler = async () => {
          console.log('by the console');
          process.stdout.write('by the stream\\n');
          writeSync(1, 'by native code\\n');
          await new Promise((resolve) => setTimeout(resolve, 50));
          return { pid: process.pid, cwd: process.cwd(), argv: process.argv.length, send: typeof process.send,
            env: Object.keys(process.env), heap: process.execArgv };
        };`),
      { Layers: [helloArn], MemorySize: 256, Environment: { Variables: { TABLE: 'ledger' } } },
    );
    const { payload, log } = await invoke(client, 'apart');
    expect(payload.pid).not.toBe(process.pid);
    expect(payload).toMatchObject({ argv: 2, send: 'undefined', heap: ['--max-old-space-size=256'] });
    expect(payload.cwd.startsWith(dataDir)).toBe(true);
    expect(payload.env).toEqual(expect.arrayContaining(['TABLE', 'NODE_PATH', 'TMPDIR', 'AWS_SESSION_TOKEN', 'TZ']));
    expect(payload.env).not.toContain('SECRET_OF_THE_HOST');
    expect(payload.env).not.toContain('NODE_CHANNEL_FD');
    for (const line of ['INFO\tby the console', 'by the stream', 'by native code', 'Init Duration: '])
      expect(log).toContain(line);
    expect((await invoke(client, 'apart')).payload.pid).toBe(payload.pid);
  });
});

describe('temporary folders', () => {
  test.each([
    ['a thread', false],
    ['a process', true],
  ])('%s has one of its own until it ends', async (_, layered) => {
    const name = layered ? 'tempProcess' : 'tempThread';
    const code =
      esm(`import { writeFileSync } from 'node:fs'; import { tmpdir } from 'node:os'; import { join } from 'node:path';
      export const handler = ({ end }) => {
        if (end) process.exit(0);
        writeFileSync(join(tmpdir(), 'part'), 'rows');
        return tmpdir();
      };`);
    await create(client, name, code, layered ? { Layers: [helloArn] } : {});
    const { payload: folder } = await invoke(client, name);
    expect(folder.startsWith(join(dataDir, 'lambda', '.tmp'))).toBe(true);
    expect(readFileSync(join(folder, 'part'), 'utf8')).toBe('rows');
    await invoke(client, name, { end: true });
    await until(() => !existsSync(folder));
    expect((await invoke(client, name)).payload).not.toBe(folder);
  });
});
