/**
 * What the reaper finds, with real executions, real training jobs and a real ledger. Machines that only wait stand in place of
 * ours; an hour passes by setting the time of this process forward, which the runtime in it shares.
 */
import { resolve } from 'node:path';
import { CreateTrainingJobCommand, DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Reaped } from '../../functions/lib/orphans.ts';
import {
  candidateExecutionName,
  deployExecutionName,
  executionArn,
  rollbackExecutionName,
  trainingJobName,
} from '../../spec/names.ts';
import { bucket, context, openFunctionWorld, openLedger, runIdNumber, script } from './functionWorld.ts';

let world: Awaited<ReturnType<typeof openFunctionWorld>>;
let ledger: Awaited<ReturnType<typeof openLedger>>;
let clients: typeof import('../../functions/lib/clients.ts');
let sfn: SFNClient;
let reap: () => Promise<Reaped>;
let tagsOf: typeof import('../../functions/lib/run.ts').tagsOf;
let told: string[];
/** The run of which no end can be worked off. */
let broken: string | undefined;

const role = 'arn:aws:iam::000000000000:role/machine';
const machineArn = (name: string) =>
  `arn:aws:states:${world.settings.region}:000000000000:stateMachine:sluice-dev-${name}`;
const arnOf = (machine: string, name: string) => executionArn(machineArn(machine), name);

const RealDate = Date;
let ahead = 0;
const now = () => RealDate.now() + ahead;
const later = (minutes: number) => void (ahead += minutes * 60_000);
class ShiftedDate extends RealDate {
  constructor(...given: []) {
    super(...((given.length > 0 ? given : [now()]) as []));
  }
  static override now = now;
}

beforeAll(async () => {
  globalThis.Date = ShiftedDate as DateConstructor;
  world = await openFunctionWorld(() => ({ entry: resolve('test', 'faults', 'container.mjs') }));
  sfn = new SFNClient(world.settings);
  const definition = JSON.stringify({
    StartAt: 'Wait',
    States: { Wait: { Type: 'Wait', Seconds: 864000, End: true } },
  });
  for (const name of ['train', 'candidate', 'deployEndpoint', 'deployBatch'])
    await sfn.send(new CreateStateMachineCommand({ name: `sluice-dev-${name}`, roleArn: role, definition }));
  await new SNSClient(world.settings).send(new CreateTopicCommand({ Name: 'told' }));
  process.env['RUN_ENDED_ARN'] = 'runEnded';
  process.env['SAGEMAKER_ROLE_ARN'] = 'arn:aws:iam::000000000000:role/training';
  await allowTraining();
  await world.put('train.csv', '1,2\n3,4\n');
  const runEnded = (await import('../../functions/runEnded.ts')).handler;
  const { handler } = await import('../../functions/reap.ts');
  reap = async () => handler({}, context);
  ({ tagsOf } = await import('../../functions/lib/run.ts'));
  ledger = await openLedger();
  clients = await import('../../functions/lib/clients.ts');
  const decoder = new TextDecoder();
  script(clients.lambda(), {
    Invoke: ({ Payload }) => {
      const text = decoder.decode(Payload as unknown as Uint8Array);
      if (broken !== undefined && text.includes(broken)) throw new Error('no answer');
      return runEnded(JSON.parse(text), context);
    },
  });
  script(clients.sns(), { Publish: ({ Subject = '' }) => void told.push(Subject) });
}, 60_000);
afterAll(async () => {
  globalThis.Date = RealDate;
  sfn.destroy();
  await world.close();
});
beforeEach(() => {
  told = [];
});

const allowTraining = async () => {
  const root = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' } as const;
  const policy = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
  const trust = { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const allowed = { Effect: 'Allow', Action: ['s3:*', 'logs:*'], Resource: '*' };
  const RoleName = 'training';
  await world.runtime.world.call(root, 'iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: policy(trust) });
  await world.runtime.world.call(root, 'iam', 'PutRolePolicy', {
    RoleName,
    PolicyName: 'data',
    PolicyDocument: policy(allowed),
  });
};

let number = 0;

/** A run that is under way. */
const begin = async () => {
  const runId = runIdNumber(++number);
  const pipeline = runId.slice(0, -17);
  const source = { bucket, key: `drop/${pipeline}/data.csv` };
  const request = { runId, pipeline, source, trigger: 's3' } as const;
  await ledger.addRun(request);
  await world.plan(runId);
  await sfn.send(new StartExecutionCommand({ stateMachineArn: machineArn('train'), name: runId }));
  return { ...request, id: runId };
};

const start = (machine: string, name: string) =>
  sfn.send(new StartExecutionCommand({ stateMachineArn: machineArn(machine), name }));
const abort = (runId: string) => sfn.send(new StopExecutionCommand({ executionArn: arnOf('train', runId) }));
const statusOf = async (machine: string, name: string) =>
  (await sfn.send(new DescribeExecutionCommand({ executionArn: arnOf(machine, name) }))).status;

/** A job that trains until it is stopped. */
const train = async (TrainingJobName: string, Tags: { Key: string; Value: string }[]) => {
  const uri = `s3://${bucket}/`;
  await clients.sagemaker().send(
    new CreateTrainingJobCommand({
      TrainingJobName,
      HyperParameters: { num_round: '999' },
      AlgorithmSpecification: { TrainingImage: 'patient', TrainingInputMode: 'File' },
      RoleArn: process.env['SAGEMAKER_ROLE_ARN'],
      InputDataConfig: [
        { ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `${uri}train.csv` } } },
      ],
      OutputDataConfig: { S3OutputPath: `${uri}runs/` },
      ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 864_000 },
      Tags,
    }),
  );
};
const jobStatus = async (TrainingJobName: string) =>
  (await clients.sagemaker().send(new DescribeTrainingJobCommand({ TrainingJobName }))).TrainingJobStatus;

const nothing = { ends: 0, lost: 0, locks: 0, executions: 0, jobs: 0, unfinished: false };

test('a run that is under way is left alone with all that is its own', async () => {
  const { id, pipeline, ...request } = await begin();
  const place = '2026';
  await ledger.takeSlot({ request: { ...request, pipeline }, place });
  await ledger.markBegun(pipeline, id);
  await ledger.lock(pipeline, id);
  await start('candidate', candidateExecutionName(id, 0));
  const job = trainingJobName(id, 0);
  await train(job, tagsOf(id, pipeline));
  later(60);
  expect(await reap()).toEqual(nothing);
  expect(await statusOf('candidate', candidateExecutionName(id, 0))).toBe('RUNNING');
  expect(await jobStatus(job)).toBe('InProgress');
  expect(await ledger.lockHolder(pipeline)).toBe(id);
  expect((await ledger.getSlot(pipeline))?.request.runId).toBe(id);

  // Its end is first heard in the usual way: the reaper waits for that.
  await abort(id);
  expect(await reap()).toEqual(nothing);

  // Nobody has heard of it, though.
  later(60);
  expect(await reap()).toMatchObject({ ends: 1 });
  expect(await ledger.getRun(id)).toMatchObject({ outcome: 'STOPPED' });
  expect(told).toEqual([`Sluice: ${pipeline} stopped`]);
  expect(await statusOf('candidate', candidateExecutionName(id, 0))).toBe('ABORTED');
  expect(await jobStatus(job)).not.toBe('InProgress');
  expect(await statusOf('deployEndpoint', rollbackExecutionName(id))).toBe('RUNNING');
  expect(await ledger.lockHolder(pipeline)).toBeUndefined();
  expect(await ledger.getSlot(pipeline)).toBeUndefined();
  expect(await reap()).toEqual(nothing);
}, 30_000);

/** A run that is over and cleared away. */
const over = async () => {
  const run = await begin();
  await abort(run.id);
  await ledger.endRun(run.id, 'STOPPED', 'Stopped.');
  await ledger.markCleared(run.id);
  later(60);
  return run;
};

test('a job that outlives its run is stopped, one of somebody else never', async () => {
  const { id, pipeline } = await over();
  const orphan = trainingJobName(id, 0);
  const others = [
    ['of-somebody-else', []],
    [
      trainingJobName(id, 1),
      [
        { Key: 'sluice:run', Value: id },
        { Key: 'sluice:stack', Value: 'sluice-prod' },
      ],
    ],
    [trainingJobName(id, 2), []],
    [trainingJobName(runIdNumber(999), 0), tagsOf(runIdNumber(999), pipeline)],
  ] as const;
  await train(orphan, tagsOf(id, pipeline));
  for (const [name, tags] of others) await train(name, [...tags]);
  // A job that was made a moment ago may yet be stopped by who made it.
  expect(await reap()).toEqual(nothing);
  later(60);
  expect(await reap()).toEqual({ ...nothing, jobs: 1 });
  expect(await jobStatus(orphan)).not.toBe('InProgress');
  for (const [name] of others) expect(await jobStatus(name)).toBe('InProgress');
}, 30_000);

test('executions that outlive their run are stopped, the way back is not', async () => {
  const { id } = await over();
  const names = { candidate: candidateExecutionName(id, 0), deployBatch: deployExecutionName(id) };
  for (const [machine, name] of Object.entries(names)) await start(machine, name);
  await start('deployEndpoint', rollbackExecutionName(id));
  await start('candidate', 'by-hand');
  expect(await reap()).toEqual({ ...nothing, executions: 2 });
  for (const [machine, name] of Object.entries(names)) expect(await statusOf(machine, name)).toBe('ABORTED');
  expect(await statusOf('deployEndpoint', rollbackExecutionName(id))).toBe('RUNNING');
  expect(await statusOf('candidate', 'by-hand')).toBe('RUNNING');
}, 30_000);

test('a deployment that is held by a run which is over goes back and is given back', async () => {
  const { id, pipeline } = await over();
  await ledger.lock(pipeline, id);
  expect(await reap()).toEqual({ ...nothing, locks: 1 });
  expect(await ledger.lockHolder(pipeline)).toBeUndefined();
  expect(await statusOf('deployEndpoint', rollbackExecutionName(id))).toBe('RUNNING');
  // While the way back is under way it may hold the lock itself.
  await ledger.lock(pipeline, id);
  expect(await reap()).toEqual(nothing);
  await ledger.unlock(pipeline, id);
}, 30_000);

test('a run that cannot be helped keeps the reaper from none of the others, and is told', async () => {
  const runs = [await begin(), await begin(), await begin()];
  for (const { id } of runs) await abort(id);
  later(60);
  broken = runs[1]!.id;
  await expect(reap()).rejects.toThrow('no answer');
  const outcomes = async () => Promise.all(runs.map(async ({ id }) => (await ledger.getRun(id))?.outcome));
  expect(await outcomes()).toEqual(['STOPPED', 'RUNNING', 'STOPPED']);
  broken = undefined;
  expect(await reap()).toMatchObject({ ends: 1 });
  expect(await outcomes()).toEqual(['STOPPED', 'STOPPED', 'STOPPED']);
}, 30_000);

test('a slot that a run has left taken goes to the run that waits', async () => {
  const { id, pipeline, source } = await over();
  const request = { runId: id, pipeline, source, trigger: 's3' } as const;
  await ledger.takeSlot({ request, place: '2026' });
  await ledger.markBegun(pipeline, id);
  const waiting = { request: { ...request, runId: runIdNumber(500) }, place: '2027' };
  await ledger.putWaiting(waiting);
  await ledger.addRun(waiting.request, 'QUEUED', waiting.place);
  await reap();
  expect(await ledger.getRun(runIdNumber(500))).toMatchObject({ outcome: 'RUNNING' });
  expect(await statusOf('train', runIdNumber(500))).toBe('RUNNING');
}, 30_000);

test('a run that was recorded and never started is started', async () => {
  const runId = runIdNumber(600);
  const pipeline = runId.slice(0, -17);
  const source = { bucket, key: `drop/${pipeline}/data.csv` };
  await ledger.addRun({ runId, pipeline, source, trigger: 's3' });
  expect(await reap()).toEqual(nothing);
  later(60);
  expect(await reap()).toMatchObject({ lost: 1 });
  const { input = '' } = await sfn.send(new DescribeExecutionCommand({ executionArn: arnOf('train', runId) }));
  expect(JSON.parse(input)).toEqual({ runId, pipeline, source, trigger: 's3' });
}, 30_000);
