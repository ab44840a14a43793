/** What the tests of S3 share: a runtime with S3 in a folder of its own, and a client of it. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { openRuntime, type Runtime, type RuntimeOptions } from '../../../../runtime/index.ts';
import { s3 } from '../../../../runtime/services/s3/index.ts';

export interface Opened {
  runtime: Runtime;
  client: S3Client;
  dataDir: string;
  put(bucket: string, key: string, body: string): Promise<{ VersionId?: string; ETag?: string }>;
  text(bucket: string, key: string): Promise<string | undefined>;
  /** Number of files that hold objects and parts. */
  files(): Promise<number>;
  close(): Promise<void>;
}

export const openS3 = async (options: Partial<RuntimeOptions> = {}): Promise<Opened> => {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'sluice-s3-')));
  const runtime = await openRuntime({ services: [s3], ...options, dataDir });
  const { endpoint, region, credentials, world } = runtime;
  // A signature's date must be the runtime's.
  const client = new S3Client({ endpoint, region, credentials, systemClockOffset: world.clock.now() - Date.now() });
  return {
    runtime,
    client,
    dataDir,
    put: (Bucket, Key, Body) => client.send(new PutObjectCommand({ Bucket, Key, Body })),
    text: async (Bucket, Key) => (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString(),
    async files() {
      const entries = await readdir(join(dataDir, 's3'), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).length;
    },
    async close() {
      client.destroy();
      await runtime.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
