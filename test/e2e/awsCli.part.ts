/** Debian's aws CLI as an independent client of the embedded AWS. Skipped, saying so, where it is not installed. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RunView } from '../../cli/api.ts';
import { laptop } from './sharedLaptop.ts';

const cli = '/usr/bin/aws';
const installed = existsSync(cli);
if (!installed) console.warn('Skipped: the aws CLI is not installed (Debian: apt-get install awscli).');

const run = promisify(execFile);

// eslint-disable-next-line typescript/no-explicit-any -- whatever shape the command answers with; the tests look into it
type Answer = Record<string, any>;

(installed ? describe : describe.skip)('the aws CLI', () => {
  let trained: RunView;
  let bucket: string;

  const aws = async (...args: string[]): Promise<string> => {
    const { endpoint, region, credentials } = laptop.connection;
    const { stdout } = await run(cli, ['--endpoint-url', endpoint, ...args], {
      env: {
        PATH: '/usr/bin:/bin',
        HOME: laptop.dataDir,
        AWS_DEFAULT_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_DEFAULT_OUTPUT: 'json',
      },
      maxBuffer: 64 * 2 ** 20,
    });
    return stdout;
  };
  const json = async (...args: string[]) => JSON.parse(await aws(...args)) as Answer;

  beforeAll(async () => {
    bucket = laptop.connection.outputs['DataBucketName'] ?? '';
    await laptop.apply(
      'lines',
      'name: lines\ndeploy: { target: endpoint }\ntrain: { candidates: [{ algorithm: linear-learner }] }\n',
    );
    const rows = Array.from({ length: 120 }, (_, i) => `${i % 13},${i % 7},${2 * (i % 13) + (i % 7)}`);
    trained = await laptop.drop('lines', `a,b,y\n${rows.join('\n')}\n`);
    expect(trained.outcome).toBe('DEPLOYED');
  }, 120_000);

  test('s3 cp, ls and sync', async () => {
    const folder = join(laptop.dataDir, 'files');
    mkdirSync(join(folder, 'sub'), { recursive: true });
    const large = Buffer.alloc(10 * 2 ** 20, 'sluice ');
    writeFileSync(join(folder, 'a.txt'), 'a');
    writeFileSync(join(folder, 'sub', 'large file.bin'), large);
    await aws('s3', 'cp', join(folder, 'a.txt'), `s3://${bucket}/x/a.txt`);
    expect(await aws('s3', 'ls', `s3://${bucket}/x/`)).toMatch(/ 1 a\.txt$/m);
    await aws('s3', 'sync', folder, `s3://${bucket}/synced`);
    expect(await aws('s3', 'ls', '--recursive', `s3://${bucket}/synced/`)).toMatch(
      /10485760 synced\/sub\/large file\.bin/,
    );
    await aws('s3', 'sync', `s3://${bucket}/synced`, join(laptop.dataDir, 'back'));
    expect(readFileSync(join(laptop.dataDir, 'back', 'sub', 'large file.bin')).equals(large)).toBe(true);
    expect(await aws('s3', 'sync', `s3://${bucket}/synced`, join(laptop.dataDir, 'back'))).toBe('');
  }, 180_000);

  test('stepfunctions', async () => {
    const { stateMachines } = await json('stepfunctions', 'list-state-machines');
    expect(stateMachines.map(({ name }: { name: string }) => name).toSorted()).toEqual([
      'sluice-dev-candidate',
      'sluice-dev-deployBatch',
      'sluice-dev-deployEndpoint',
      'sluice-dev-score',
      'sluice-dev-train',
    ]);
    const machine = laptop.connection.outputs['TrainMachineArn'] ?? '';
    const { executionArn } = await json(
      'stepfunctions',
      'start-execution',
      '--state-machine-arn',
      machine,
      '--input',
      '{"not":"a run"}',
    );
    let described: Answer = {};
    for (let tries = 0; tries < 100 && described['status'] !== 'FAILED'; tries++)
      described = await json('stepfunctions', 'describe-execution', '--execution-arn', executionArn);
    expect(described).toMatchObject({
      status: 'FAILED',
      error: 'InputError',
      stateMachineArn: machine,
      input: '{"not":"a run"}',
    });
    const { events } = await json('stepfunctions', 'get-execution-history', '--execution-arn', executionArn);
    expect(events[0]).toMatchObject({ id: 1, type: 'ExecutionStarted', previousEventId: 0 });
    expect(events.at(-1)).toMatchObject({
      type: 'ExecutionFailed',
      executionFailedEventDetails: { error: 'InputError' },
    });
  }, 180_000);

  test('sagemaker and sagemaker-runtime', async () => {
    const { TrainingJobSummaries } = await json('sagemaker', 'list-training-jobs', '--name-contains', 'lines-');
    expect(TrainingJobSummaries).toHaveLength(1);
    const [{ TrainingJobName }] = TrainingJobSummaries;
    const job = await json('sagemaker', 'describe-training-job', '--training-job-name', TrainingJobName);
    expect(job).toMatchObject({ TrainingJobStatus: 'Completed', SecondaryStatus: 'Completed', TrainingJobName });
    expect(job['ModelArtifacts'].S3ModelArtifacts).toMatch(/model\.tar\.gz$/);
    expect(await json('sagemaker', 'describe-endpoint', '--endpoint-name', 'sluice-dev-lines')).toMatchObject({
      EndpointName: 'sluice-dev-lines',
      EndpointStatus: 'InService',
      EndpointConfigName: trained.runId,
    });
    const row = join(laptop.dataDir, 'row.csv');
    const answer = join(laptop.dataDir, 'answer.json');
    writeFileSync(row, '0,0');
    const invoked = await json(
      'sagemaker-runtime',
      'invoke-endpoint',
      '--endpoint-name',
      'sluice-dev-lines',
      '--content-type',
      'text/csv',
      '--accept',
      'application/json',
      '--body',
      `fileb://${row}`,
      answer,
    );
    expect(invoked).toMatchObject({ ContentType: 'application/json', InvokedProductionVariant: trained.runId });
    const { predictions } = JSON.parse(readFileSync(answer, 'utf8')) as { predictions: { score: number }[] };
    expect(predictions[0]?.score).toBeGreaterThan(5);
  }, 180_000);

  test('dynamodb scan', async () => {
    const { Items } = await json('dynamodb', 'scan', '--table-name', laptop.connection.outputs['LedgerName'] ?? '');
    const pks = Items.map(({ pk }: { pk: { S: string } }) => pk.S);
    expect(pks).toContain(`run#${trained.runId}`);
    expect(pks).toContain('pipeline#lines');
  });

  test('errors are AWS’s', async () => {
    await expect(aws('sagemaker', 'describe-endpoint', '--endpoint-name', 'none')).rejects.toThrow(
      /An error occurred \(ValidationException\) when calling the DescribeEndpoint operation: Could not find endpoint/,
    );
    await expect(aws('s3', 'cp', `s3://${bucket}/nothing`, '-')).rejects.toThrow(/404|NoSuchKey/);
    await expect(aws('sts', 'get-caller-identity').then((text) => JSON.parse(text))).resolves.toMatchObject({
      Account: '000000000000',
    });
  });
});
