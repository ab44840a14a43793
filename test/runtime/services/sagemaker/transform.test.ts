import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  CreateTransformJobCommand,
  DescribeTransformJobCommand,
  ListTransformJobsCommand,
  StopTransformJobCommand,
  type CreateTransformJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import { gzipSync } from 'node:zlib';
import { columnFilter, splitFields } from '../../../../runtime/services/sagemaker/csvFilter.ts';
import { hosting } from '../../../fixtures/hosting.ts';
import { meanModel, poisonedModel } from '../../../fixtures/modelArchives.ts';
import { bucket, eventually, openSageMakerWorld, type SageMakerWorld } from '../../../fixtures/sagemakerWorld.ts';

let world: SageMakerWorld;

beforeAll(async () => {
  world = await openSageMakerWorld();
  await hosting(world).model('seven', await meanModel(7));
  await hosting(world).model('poisoned', await poisonedModel());
  await world.put('in/a.csv', '1,x\n2,y\n');
  await world.put('in/deep/b.csv', '3,z');
});
afterAll(() => world.close());

/** The mean container answers `7/<record>` unless csv is asked for. */
const request = (
  TransformJobName: string,
  prefix: string,
  more: Partial<CreateTransformJobCommandInput> = {},
): CreateTransformJobCommandInput => ({
  TransformJobName,
  ModelName: 'seven',
  TransformInput: {
    DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/${prefix}` } },
    ContentType: 'text/csv',
    SplitType: 'Line',
  },
  TransformOutput: { S3OutputPath: `s3://${bucket}/out/${TransformJobName}`, AssembleWith: 'Line' },
  TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
  ...more,
});
const create = (input: CreateTransformJobCommandInput) => world.sagemaker.send(new CreateTransformJobCommand(input));
const describeJob = (TransformJobName: string) =>
  world.sagemaker.send(new DescribeTransformJobCommand({ TransformJobName }));
const ended = (name: string) =>
  eventually(
    () => describeJob(name),
    ({ TransformJobStatus = '' }) => ['Completed', 'Failed', 'Stopped'].includes(TransformJobStatus),
  );
const run = async (input: CreateTransformJobCommandInput) => {
  await create(input);
  return ended(input.TransformJobName ?? '');
};
const out = async (key: string) => (await world.get(`out/${key}`)).toString();

describe('a transform job', () => {
  test('writes one .out beside every input object, under the same path, records in order', async () => {
    const job = await run({ ...request('whole-folder', 'in/'), Tags: [{ Key: 'run', Value: '1' }] });
    expect(job).toMatchObject({ TransformJobStatus: 'Completed', ModelName: 'seven' });
    expect(job.TransformEndTime?.getTime()).toBeGreaterThanOrEqual(job.TransformStartTime?.getTime() ?? Infinity);
    expect(await out('whole-folder/a.csv.out')).toBe('7/1,x\n7/2,y\n');
    expect(await out('whole-folder/deep/b.csv.out')).toBe('7/3,z\n');
    const events = await eventually(
      () => Promise.resolve(world.heard.filter(({ detail }) => detail['TransformJobName'] === 'whole-folder')),
      (heard) => heard.length === 2,
    );
    expect(events.map(({ detail }) => detail['TransformJobStatus'])).toEqual(['InProgress', 'Completed']);
    expect(events[1]).toMatchObject({
      detailType: 'SageMaker Transform Job State Change',
      resources: ['arn:aws:sagemaker:eu-west-1:000000000000:transform-job/whole-folder'],
      detail: { Tags: { run: '1' }, CreationTime: expect.any(Number) },
    });
  });

  test('takes a single object, a record at a time', async () => {
    await run({ ...request('single', 'in/a.csv'), BatchStrategy: 'SingleRecord' });
    expect(await out('single/a.csv.out')).toBe('7/1,x\n7/2,y\n');
  });

  test('reads gzip, and whole objects without a split', async () => {
    await world.put('zip/a.csv.gz', gzipSync('1,x\n2,y\n'));
    const input = request('unsplit', 'zip/');
    await run({
      ...input,
      TransformInput: {
        DataSource: input.TransformInput?.DataSource,
        ContentType: 'text/csv',
        CompressionType: 'Gzip',
      },
    });
    expect(await out('unsplit/a.csv.gz.out')).toBe('7/1,x\n7/2,y\n');
  });

  test('follows a manifest', async () => {
    await world.put('list.manifest', JSON.stringify([{ prefix: `s3://${bucket}/in/` }, 'deep/b.csv']));
    const DataSource = {
      S3DataSource: { S3DataType: 'ManifestFile' as const, S3Uri: `s3://${bucket}/list.manifest` },
    };
    const input = request('manifest', '');
    await run({ ...input, TransformInput: { DataSource, ContentType: 'text/csv', SplitType: 'Line' } });
    expect(await out('manifest/deep/b.csv.out')).toBe('7/3,z\n');
  });

  test('splits many records into payloads and joins their answers', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i},${'x'.repeat(30)}`);
    await world.put('many/rows.csv', `${rows.join('\n')}\n`);
    await run({ ...request('many', 'many/'), MaxPayloadInMB: 1 });
    expect(await out('many/rows.csv.out')).toBe(`${rows.map((row) => `7/${row}`).join('\n')}\n`);
  });

  test('leaves the label out of what the model sees and joins input and answer', async () => {
    const input = request('joined', 'in/a.csv');
    await run({
      ...input,
      TransformOutput: { S3OutputPath: `s3://${bucket}/out/joined`, AssembleWith: 'Line', Accept: 'text/csv' },
      DataProcessing: { InputFilter: '$[1:]', JoinSource: 'Input', OutputFilter: '$[0,-1]' },
    });
    expect(await out('joined/a.csv.out')).toBe('1,7\n2,7\n');
  });
});

describe('a transform job that does not complete', () => {
  test('keeps the outputs of the objects that went well', async () => {
    await world.put('mixed/a.csv', 'good\n');
    await world.put('mixed/b.csv', 'bad\n');
    await world.put('mixed/c.csv', 'good\n');
    const job = await run(request('mixed', 'mixed/'));
    expect(job.TransformJobStatus).toBe('Failed');
    expect(job.FailureReason).toMatch(
      /^ClientError: Bad HTTP status .* 400: bad record \(s3:\/\/ml-data\/mixed\/b\.csv\)/,
    );
    expect(await out('mixed/a.csv.out')).toBe('7/good\n');
    expect(await out('mixed/c.csv.out')).toBe('7/good\n');
    await expect(out('mixed/b.csv.out')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('fails when its container keeps dying, has no model or finds no objects', async () => {
    await world.put('crash/a.csv', 'crash\n');
    expect((await run(request('crash', 'crash/'))).FailureReason).toMatch(/^AlgorithmError: .*exit code 9/);
    expect((await run({ ...request('poisoned', 'in/'), ModelName: 'poisoned' })).FailureReason).toMatch(
      /^AlgorithmError: the container did not pass the ping/,
    );
    expect((await run(request('nothing', 'nowhere/'))).FailureReason).toMatch(/^ClientError: No S3 objects found/);
  });

  test('stores nothing when it is stopped', async () => {
    await world.put('slow/a.csv', 'good\n');
    await world.put('slow/b.csv', 'slow\n'.repeat(50));
    await create({ ...request('stopped', 'slow/'), BatchStrategy: 'SingleRecord' });
    await eventually(
      () => describeJob('stopped'),
      ({ TransformStartTime }) => TransformStartTime !== undefined,
    );
    await world.sagemaker.send(new StopTransformJobCommand({ TransformJobName: 'stopped' }));
    expect((await ended('stopped')).TransformJobStatus).toBe('Stopped');
    await expect(out('stopped/a.csv.out')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(
      world.sagemaker.send(new StopTransformJobCommand({ TransformJobName: 'stopped' })),
    ).rejects.toMatchObject({ message: expect.stringContaining('the transform job is in status Stopped') });
  });

  test('is refused for what AWS refuses, and for what the runtime does not do', async () => {
    await expect(create(request('mixed', 'in/'))).rejects.toMatchObject({ name: 'ResourceInUse' });
    await expect(create({ ...request('none', 'in/'), ModelName: 'none' })).rejects.toMatchObject({
      message: expect.stringMatching(/^Could not find model "arn:/),
    });
    await expect(
      create({ ...request('big', 'in/'), MaxConcurrentTransforms: 20, MaxPayloadInMB: 6 }),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(
      create({ ...request('path', 'in/'), DataProcessing: { InputFilter: '$.features' } }),
    ).rejects.toMatchObject({ name: 'NotImplemented' });
    await expect(describeJob('nobody')).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('is listed with the others', async () => {
    const { TransformJobSummaries = [] } = await world.sagemaker.send(
      new ListTransformJobsCommand({ StatusEquals: 'Failed', SortBy: 'Name', SortOrder: 'Ascending' }),
    );
    expect(TransformJobSummaries.map(({ TransformJobName }) => TransformJobName)).toEqual([
      'crash',
      'mixed',
      'nothing',
      'poisoned',
    ]);
  });
});

describe('a column filter', () => {
  test.each([
    ['$', 'a,b,c'],
    ['$[0]', 'a'],
    ['$[-1]', 'c'],
    ['$[1:]', 'b,c'],
    ['$[:-1]', 'a,b'],
    ['$[0, 2]', 'a,c'],
  ])('%s picks %s', (path, picked) => {
    expect(columnFilter(path)?.(['a', 'b', 'c']).join(',')).toBe(picked);
  });

  test('knows no members, and leaves quoted commas alone', () => {
    expect(columnFilter('$.a')).toBeUndefined();
    expect(splitFields('1,"a,""b""",2')).toEqual(['1', '"a,""b"""', '2']);
  });
});
