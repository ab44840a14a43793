/** Functions with layers run in processes of their own, because native code can neither be ended nor fail inside a thread. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvokeCommand, PublishLayerVersionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { openRuntime, type Runtime } from '../../../../runtime/index.ts';
import { lambda } from '../../../../runtime/services/lambda/index.ts';
import { s3 } from '../../../../runtime/services/s3/index.ts';
import {
  clientOf,
  connect,
  create,
  esm,
  invoke,
  publish,
  removeFolders,
  requiring,
  saying,
  temporaryFolder,
  until,
} from './functionFixture.ts';

let dataDir: string;
let runtime: Runtime;
let client: LambdaClient;
let helloArn: string;

beforeAll(async () => {
  dataDir = await temporaryFolder();
  runtime = await openRuntime({ dataDir, services: [lambda, s3] });
  client = clientOf(runtime);
  helloArn = (await publish(client, 'hello', saying('hello'))).LayerVersionArn ?? '';
});
afterAll(async () => {
  for (const host of hosts) host.kill('SIGKILL');
  await runtime.close();
  await removeFolders();
});

describe('a function', () => {
  test.each([
    ['exits', { handling: 'process.exit(3)' }, 'Runtime.ExitError', 'exit status 3'],
    ['leaves', { handling: 'process.exit()' }, 'Runtime.ExitError', 'without providing a reason'],
    ['aborts', { handling: 'process.abort()' }, 'Runtime.ExitError', 'signal: aborted'],
    ['crashes', { handling: `process.kill(process.pid, 'SIGSEGV')` }, 'Runtime.ExitError', 'segmentation fault'],
    [
      'hungry',
      { handling: 'const all = []; for (;;) all.push(new Array(100_000).fill(all.length))' },
      'Runtime.ExitError',
      'signal: aborted',
    ],
    [
      'rejects',
      { handling: `Promise.reject(new Error('lost')); return new Promise(() => {})` },
      'Runtime.UnhandledPromiseRejection',
      'lost',
    ],
    ['initFails', { loading: `throw new TypeError('no table')` }, 'TypeError', 'no table'],
    ['spins', { handling: 'for (;;);' }, 'Sandbox.Timedout', 'timed out after 1.00 seconds'],
  ])('that ends its process (%s) fails as on AWS, and works at the next event', async (name, fails, type, message) => {
    const { loading = '', handling = '' }: { loading?: string; handling?: string } = fails;
    const text = `
      import { existsSync, writeFileSync } from 'node:fs';
      const marker = ${JSON.stringify(join(dataDir, `${name}.begun`))};
      const first = !existsSync(marker);
      writeFileSync(marker, '');
      if (first) { ${loading} }
      export const handler = async () => { if (!first) return 'well'; ${handling} };`;
    await create(client, name, esm(text), { Layers: [helloArn], Timeout: name === 'spins' ? 1 : 20, MemorySize: 128 });
    const { error, payload } = await invoke(client, name);
    expect(error).toBe('Unhandled');
    expect(payload.errorType).toBe(type);
    expect(payload.errorMessage).toContain(message);
    expect((await invoke(client, name)).payload).toBe('well');
  });
});

describe('DuckDB from its layer', () => {
  const code = requiring(`
    import { writeFileSync } from 'node:fs';
    export const handler = async ({ rows, pidFile }) => {
      const { DuckDBInstance } = load('@duckdb/node-api');
      const connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
      if (pidFile) writeFileSync(pidFile, String(process.pid));
      const reader = await connection.runAndReadAll('SELECT sum(hash(a.range, b.range) % 7)::DOUBLE AS s FROM range(' + rows + ') a, range(' + rows + ') b');
      return reader.getRowObjects();
    };`);

  /** Too large for a request: it takes the way of a deployment, by a bucket. */
  const publishDuckdb = async (to: Parameters<typeof connect>[0]) => {
    const objects = new S3Client({ ...connect(to), forcePathStyle: true });
    const place = { Bucket: 'artefacts', Key: 'duckdb.zip' };
    await objects.send(new CreateBucketCommand({ Bucket: place.Bucket }));
    await objects.send(
      new PutObjectCommand({ ...place, Body: readFileSync(join('dist', 'layers', 'local', 'duckdb.zip')) }),
    );
    const Content = { S3Bucket: place.Bucket, S3Key: place.Key };
    const { LayerVersionArn = '' } = await clientOf(to).send(
      new PublishLayerVersionCommand({ LayerName: 'duckdb', Content }),
    );
    return LayerVersionArn;
  };

  test('a query that takes too long ends its function and not the runtime', async () => {
    const layer = await publishDuckdb(runtime);
    await create(client, 'queries', code, { Layers: [layer], Timeout: 3, MemorySize: 512 });
    expect((await invoke(client, 'queries', { rows: 10 })).payload).toEqual([{ s: expect.any(Number) }]);
    const pidFile = join(dataDir, 'pid');
    const { error, payload } = await invoke(client, 'queries', { rows: 3_000_000, pidFile });
    expect(error).toBe('Unhandled');
    expect(payload.errorType).toBe('Sandbox.Timedout');
    await until(() => !isRunning(Number(readFileSync(pidFile, 'utf8'))));
    expect((await invoke(client, 'queries', { rows: 10 })).error).toBeUndefined();
  });

  test('no process outlives a runtime that is killed, neither in a query nor in a loop', async () => {
    const folder = await temporaryFolder();
    const host = await startHost(folder);
    const to = clientOf(host);
    const layer = await publishDuckdb(host);
    await create(to, 'queries', code, { Layers: [layer], Timeout: 600 });
    const loop = `import { writeFileSync } from 'node:fs';
      export const handler = ({ pidFile }) => { writeFileSync(pidFile, String(process.pid)); for (;;); };`;
    await create(to, 'loops', esm(loop), { Layers: [layer], Timeout: 600 });
    const pids: number[] = [];
    for (const FunctionName of ['queries', 'loops']) {
      const pidFile = join(folder, `${FunctionName}.pid`);
      const Payload = JSON.stringify({ rows: 3_000_000, pidFile });
      void to.send(new InvokeCommand({ FunctionName, Payload })).catch(() => {});
      await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
      pids.push(Number(readFileSync(pidFile, 'utf8')));
    }
    expect(pids.filter(isRunning)).toEqual(pids);
    hosts.at(-1)?.kill('SIGKILL');
    await until(() => !pids.some(isRunning));
  });
});

/** What has ended and waits for its parent counts as ended. */
const isRunning = (pid: number) => {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .startsWith('Z');
  } catch {
    return false;
  }
};

const hosts: ChildProcess[] = [];

/** A runtime with Lambda and S3 in a process of its own. */
const startHost = async (folder: string) => {
  const outfile = resolve('dist', 'test', 'lambdaHost.mjs');
  await build({
    stdin: {
      contents: `import { openRuntime } from './runtime/index.ts';
        import { lambda } from './runtime/services/lambda/index.ts';
        import { s3 } from './runtime/services/s3/index.ts';
        const { endpoint, region, credentials } = await openRuntime({ dataDir: process.argv[2], services: [lambda, s3] });
        console.log(JSON.stringify({ endpoint, region, credentials }));`,
      resolveDir: process.cwd(),
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const host = spawn(process.execPath, [outfile, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  hosts.push(host);
  const [line] = (await once(host.stdout, 'data')) as [Buffer];
  return JSON.parse(line.toString()) as Pick<Runtime, 'endpoint' | 'region' | 'credentials'>;
};
