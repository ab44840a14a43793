/** Whatever is wrong with a file or a pipeline ends the run as an InputError; nothing runs on, and the drop is untouched. */
import { gzipSync } from 'node:zlib';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, test } from '@jest/globals';
import { laptop } from './sharedLaptop.ts';

const rows = (count: number, row: (i: number) => string) => Array.from({ length: count }, (_, i) => row(i)).join('\n');
const numbers = `a,b,y\n${rows(60, (i) => `${i % 13},${(i * 7) % 11},${(i % 13) * 2 + ((i * 7) % 11)}`)}`;

const cases: [string, { content: string | Uint8Array; pipeline?: string; says: RegExp }][] = [
  ['an empty file', { content: '', says: /empty/i }],
  ['a header only', { content: 'a,b,y\n', says: /header|no rows/i }],
  ['one column', { content: `y\n${rows(50, String)}`, says: /one column/i }],
  ['a target that the file does not have', { content: numbers, pipeline: 'data: { target: price }', says: /price/ }],
  ['a constant target', { content: `a,y\n${rows(60, (i) => `${i},1`)}`, says: /constant|only one|same/i }],
  ['ragged rows', { content: `a,b,y\n1,2,3\n4,5\n${rows(50, (i) => `${i},2,3`)}`, says: /line 3|row 2/i }],
  ['binary junk', { content: Uint8Array.from({ length: 4096 }, (_, i) => (i * 31) % 256), says: /binary|text|UTF-8/i }],
  ['infinity', { content: `a,y\n${rows(60, (i) => `${i === 7 ? 'inf' : i},${i}`)}`, says: /inf/i }],
  [
    'duplicate column names',
    { content: `a,a,y\n${rows(60, (i) => `${i},1,${i}`)}`, says: /more than one column named a/ },
  ],
  ['gzip that was cut off', { content: gzipSync(numbers).subarray(0, 60), says: /gzip/ }],
  [
    'a class with a single row',
    { content: `a,y\n${rows(60, (i) => `${i},${i === 5 ? 'rare' : i % 2 ? 'yes' : 'no'}`)}`, says: /rare/ },
  ],
  ['an unknown pipeline key', { content: numbers, pipeline: 'trian: {}', says: /did you mean train/ }],
  [
    'an unknown algorithm',
    { content: numbers, pipeline: 'train: { candidates: [{ algorithm: xgbost }] }', says: /xgboost/ },
  ],
  [
    'a hyperparameter out of range',
    {
      content: numbers,
      pipeline: 'train: { candidates: [{ algorithm: xgboost, hyperparameters: { eta: 7 } }] }',
      says: /eta/,
    },
  ],
  ['a schedule that never fires', { content: numbers, pipeline: 'schedule: cron(0 6 31 2 ? *)', says: /never fires/ }],
  ['a budget that cannot be kept', { content: numbers, pipeline: 'budget: { maxUsd: 0.01 }', says: /budget/ }],
];

test.each(cases)('%s fails as an InputError', async (name, { content, pipeline, says }) => {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 36)
    .replace(/-$/, '');
  if (pipeline) await laptop.apply(slug, `name: ${slug}\n${pipeline}\n`);
  const run = await laptop.drop(slug, content);

  expect(run.summary).toMatch(/^InputError: /);
  expect(run.summary).toMatch(says);
  expect(run.outcome).toBe('FAILED');

  const { sfn, s3, sagemaker } = laptop.clients;
  const machine = laptop.connection.outputs['TrainMachineArn'] ?? '';
  const execution = await sfn.send(
    new DescribeExecutionCommand({ executionArn: `${machine.replace(':stateMachine:', ':execution:')}:${run.runId}` }),
  );
  expect(execution).toMatchObject({ status: 'FAILED', error: 'InputError' });
  const { TrainingJobSummaries } = await sagemaker.send(new ListTrainingJobsCommand({ StatusEquals: 'InProgress' }));
  expect(TrainingJobSummaries).toEqual([]);
  const { bucket: Bucket, key: Key, versionId: VersionId } = run.source;
  await s3.send(new HeadObjectCommand({ Bucket, Key, VersionId }));
  const kept = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  expect(Buffer.from((await kept.Body?.transformToByteArray()) ?? [])).toEqual(Buffer.from(content as string));
});

test('NaN cells and a byte order mark are no mistakes: the one is a missing value, the other is skipped', async () => {
  const content = `\uFEFFa,b,y\n${rows(80, (i) => `${i % 13},${i % 9 ? i % 11 : 'NaN'},${(i % 13) * 3 + (i % 11)}`)}`;
  expect((await laptop.drop('odd-but-fine', content)).outcome).toBe('REGISTERED');
});
