import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Runtime } from '../../../../runtime/index.ts';
import { openS3, type Opened } from './opened.ts';
import { temporaryFolder } from '../../../fixtures/temporaryFolder.ts';

const run = promisify(execFile);

let own: Opened;
let runtime: Runtime;
let client: S3Client;

beforeAll(async () => {
  own = await openS3();
  ({ runtime, client } = own);
  await client.send(new CreateBucketCommand({ Bucket: 'models' }));
});

afterAll(() => own.close());

describe('other clients', () => {
  test('a presigned URL works for reading and writing', async () => {
    const plain = new S3Client({ ...runtime, requestChecksumCalculation: 'WHEN_REQUIRED' });
    const target = { Bucket: 'models', Key: 'signed url +1' };
    const url = await getSignedUrl(plain, new PutObjectCommand(target), { expiresIn: 60 });
    expect((await fetch(url, { method: 'PUT', body: 'by url' })).status).toBe(200);
    const read = await getSignedUrl(plain, new GetObjectCommand(target), { expiresIn: 60 });
    expect(await (await fetch(read)).text()).toBe('by url');
    expect((await fetch(read.replace('1?', '2?'))).status).toBe(403);
    plain.destroy();
  });

  const aws = '/usr/bin/aws';
  const withCli = existsSync(aws) ? test : test.skip;
  withCli(
    'the AWS CLI makes buckets, copies, lists, syncs, removes and presigns (skipped where /usr/bin/aws is not installed)',
    async () => {
      const dir = temporaryFolder();
      const cli = async (...args: string[]) => {
        const { stdout } = await run(aws, ['--endpoint-url', runtime.endpoint, '--output', 'text', ...args], {
          env: {
            PATH: process.env['PATH'],
            HOME: dir,
            AWS_ACCESS_KEY_ID: runtime.credentials.accessKeyId,
            AWS_SECRET_ACCESS_KEY: runtime.credentials.secretAccessKey,
            AWS_DEFAULT_REGION: runtime.region,
          },
        });
        return stdout;
      };
      await mkdir(join(dir, 'up', 'sub'), { recursive: true });
      const big = randomBytes(20 * 2 ** 20);
      await writeFile(join(dir, 'up', 'big.bin'), big);
      await writeFile(join(dir, 'up', 'sub', 'small +ü.txt'), 'small');
      await cli('s3', 'mb', 's3://cli');
      await cli('s3', 'sync', join(dir, 'up'), 's3://cli/dir', '--no-progress');
      const listed = await cli('s3', 'ls', 's3://cli', '--recursive');
      expect(listed).toMatch(/ 20971520 dir\/big\.bin\n.* 5 dir\/sub\/small \+ü\.txt\n/);
      expect(await cli('s3', 'ls', 's3://cli/dir/')).toMatch(/PRE sub\/\n.* big\.bin\n/);
      await cli('s3', 'sync', 's3://cli/dir', join(dir, 'down'), '--no-progress');
      expect((await readFile(join(dir, 'down', 'big.bin'))).equals(big)).toBe(true);
      const url = (await cli('s3', 'presign', 's3://cli/dir/sub/small +ü.txt')).trim();
      expect(await (await fetch(url)).text()).toBe('small');
      await cli('s3', 'rb', 's3://cli', '--force');
    },
  );
});
