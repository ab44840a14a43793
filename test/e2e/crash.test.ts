/** The process killed in the middle of a training job: the next start finishes the run, and no job is submitted twice. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTrainingJobCommand, ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openApi } from '../../cli/api.ts';
import { clientsOf } from '../../cli/clients.ts';
import { connect, findRunning } from '../../cli/connection.ts';
import { dropFile, writePipelineFile } from '../../cli/dropFile.ts';
import { keys } from '../../spec/names.ts';
import { givePackage, outcomeOf } from './laptop.ts';

let dataDir: string;
let sluice: ChildProcess | undefined;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
  givePackage(dataDir);
});
afterAll(async () => {
  await kill();
  rmSync(dataDir, { recursive: true, force: true });
});

const kill = async () => {
  const child = sluice;
  if (!child || child.exitCode !== null) return;
  const gone = new Promise((end) => child.once('exit', end));
  child.kill('SIGKILL');
  await gone;
};

/** Starts `sluice up` in a process of its own and connects to it. */
const up = async () => {
  const child = spawn(process.execPath, ['bin/sluice.mjs', '--data-dir', dataDir, 'up', '--port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  sluice = child;
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  for (let tries = 0; ; tries++) {
    const running = await findRunning(dataDir);
    if (running?.pid === child.pid) break;
    if (child.exitCode !== null || tries > 600) throw new Error(`sluice up did not start:\n${said}`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
  const connection = await connect(dataDir);
  return { connection, api: openApi(connection), clients: clientsOf(connection) };
};

test('SIGKILL during training, and again during the second attempt', async () => {
  const first = await up();
  const bucket = first.connection.outputs['DataBucketName'] ?? '';
  await writePipelineFile(
    first.clients,
    bucket,
    keys.pipeline('slow'),
    'name: slow\ntrain: { candidates: [{ algorithm: xgboost, hyperparameters: { num_round: 1500, max_depth: 8 } }] }\n',
  );
  const rows = Array.from(
    { length: 1500 },
    (_, i) => `${(i * 37) % 101},${(i * 53) % 97},${(i * 29) % 89},${((i * 37) % 101) + 0.5 * ((i * 53) % 97)}`,
  );
  const file = join(dataDir, 'slow.csv');
  writeFileSync(file, `a,b,c,y\n${rows.join('\n')}\n`);
  const { runId } = await dropFile(first.clients, bucket, 'slow', file);
  const job = `${runId}-c0-train`;

  const training = async ({ clients }: typeof first) => {
    for (let tries = 0; tries < 600; tries++) {
      const found = await clients.sagemaker
        .send(new DescribeTrainingJobCommand({ TrainingJobName: job }))
        .catch(() => undefined);
      if (found?.SecondaryStatus === 'Training') return;
      if (found?.TrainingJobStatus === 'Completed') throw new Error('The job ended before it could be killed.');
      await new Promise((wake) => setTimeout(wake, 20));
    }
    throw new Error('The job never trained.');
  };
  await training(first);
  await kill();
  const second = await up();
  await training(second);
  await kill();

  const last = await up();
  const { clients, connection } = last;
  const run = await outcomeOf(last, runId);
  expect(run.outcome).toBe('REGISTERED');

  const { TrainingJobSummaries } = await clients.sagemaker.send(new ListTrainingJobsCommand({}));
  expect(TrainingJobSummaries?.map(({ TrainingJobName }) => TrainingJobName)).toEqual([job]);
  const { TrainingJobStatus, SecondaryStatusTransitions = [] } = await clients.sagemaker.send(
    new DescribeTrainingJobCommand({ TrainingJobName: job }),
  );
  expect(TrainingJobStatus).toBe('Completed');
  expect(SecondaryStatusTransitions.filter(({ Status }) => Status === 'Interrupted')).toHaveLength(2);

  const executionArn = `${connection.outputs['TrainMachineArn']?.replace(':stateMachine:', ':execution:')}:${runId}`;
  const { events = [] } = await clients.sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
  const entered = events.map(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name).filter(Boolean);
  expect(entered).toEqual([
    'Begin',
    'Plan',
    'Purpose',
    'Prepare',
    'Candidates',
    'Candidate',
    'Compare',
    'Gate',
    'Report',
    'Verdict',
    'Register',
    'Approval',
    'Target',
    'NotifyRegistered',
  ]);
}, 120_000);
