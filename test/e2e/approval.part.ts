/** A model that passed the gate waits for a person: over HTTP, from the command line, and until the time is over. */
import { DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, test } from '@jest/globals';
import { announceRunning, withdrawRunning } from '../../cli/connection.ts';
import { executionArn } from '../../spec/names.ts';
import { runSluice } from '../fixtures/sluice.ts';
import { clock, laptop } from './sharedLaptop.ts';

const rows = Array.from({ length: 120 }, (_, i) => `${i % 13},${i % 7},${2 * (i % 13) + (i % 7)}`);

/** One run each. */
const files = ['good', 'yes', 'no', 'stopped', 'left'] as const;
const started = new Map<(typeof files)[number], string>();

/** The run of a file, once it waits. */
const waiting = async (name: (typeof files)[number]) => {
  const runId = started.get(name)!;
  for (let tries = 0; tries < 1000; tries++) {
    const run = await laptop.api.getRun(runId).catch(() => undefined);
    if (run?.approval) expect(run).toMatchObject({ outcome: 'RUNNING', approval: { state: 'waiting' } });
    if (run?.approval) return runId;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`${runId} does not wait for approval.`);
};

const model = async (runId: string) => {
  const { modelPackageArn: ModelPackageName } = await laptop.api.getRun(runId);
  return laptop.clients.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName }));
};

const sluice = (...args: string[]) => runSluice(laptop.dataDir, args);

test('whatever has passed waits', async () => {
  await announceRunning(laptop.dataDir, laptop.embedded);
  await laptop.apply(
    'asked',
    'name: asked\ntrigger: { policy: parallel }\napproval: { expires: 10m }\ngate: { rules: [{ metric: rmse, max: 50 }, { figure: modelBytes, max: 1000000 }, { figure: trainingUsd, max: 1 }] }\ntrain: { candidates: [{ algorithm: linear-learner }] }\n',
  );
  // One behind the other, in warm functions; then all of them wait.
  for (const name of files) {
    started.set(name, await laptop.start('asked', `a,b,y\n${rows.join('\n')}\n`, `${name}.csv`));
    await waiting(name);
  }
}, 120_000);

test('approved over HTTP it goes on; a second answer and one for another run are refused', async () => {
  const runId = await waiting('good');
  expect(await model(runId)).toMatchObject({ ModelApprovalStatus: 'PendingManualApproval' });
  const other = `${runId.slice(0, -4)}0000`;
  await expect(laptop.api.answerApproval(other, { decision: 'approve' })).rejects.toMatchObject({ status: 404 });
  const { approval } = await laptop.api.answerApproval(runId, { decision: 'approve', reason: 'looks right' });
  expect(approval).toMatchObject({ state: 'approved', by: 'arn:aws:iam::000000000000:root', reason: 'looks right' });
  await expect(laptop.api.answerApproval(runId, { decision: 'reject' })).rejects.toMatchObject({ status: 409 });
  expect(await laptop.ended(runId)).toMatchObject({ outcome: 'REGISTERED', approval: { state: 'approved' } });
  expect(await model(runId)).toMatchObject({
    ModelApprovalStatus: 'Approved',
    ApprovalDescription: expect.stringMatching(/^Approved by arn:aws:iam::000000000000:root at .*: looks right$/),
  });
}, 120_000);

test('approved and rejected from the command line', async () => {
  const [yes, no] = [await waiting('yes'), await waiting('no')];
  expect(await sluice('approve', yes, '--reason', 'ok')).toMatchObject({
    code: 0,
    out: expect.stringContaining('REGISTERED'),
  });
  expect(await sluice('reject', no, '--reason', 'not fair')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/REJECTED {2}Rejected by .*: not fair\./),
  });
  expect(await sluice('reject', yes)).toMatchObject({ code: 1, err: expect.stringContaining('has ended: REGISTERED') });
  expect(await model(no)).toMatchObject({ ModelApprovalStatus: 'Rejected' });
  const arn = executionArn(laptop.connection.outputs['TrainMachineArn'] ?? '', no);
  // A person's no is an answer, and not a failure of the run.
  expect(await laptop.clients.sfn.send(new DescribeExecutionCommand({ executionArn: arn }))).toMatchObject({
    status: 'SUCCEEDED',
  });
}, 120_000);

test('stopped while it waits, it takes no answer; left alone, it expires', async () => {
  const [stopped, left] = [await waiting('stopped'), await waiting('left')];
  await laptop.api.stopRun(stopped);
  expect(await laptop.ended(stopped)).toMatchObject({ outcome: 'STOPPED' });
  await expect(laptop.api.answerApproval(stopped, { decision: 'approve' })).rejects.toMatchObject({ status: 409 });
  clock.jump(601_000);
  expect(await laptop.ended(left)).toMatchObject({ outcome: 'EXPIRED', approval: { state: 'expired' } });
  await expect(laptop.api.answerApproval(left, { decision: 'approve' })).rejects.toMatchObject({ status: 410 });
  expect(await model(left)).toMatchObject({ ModelApprovalStatus: 'Rejected' });
}, 120_000);

test('what each run has cost is known, however it ended, and adds up for the month', async () => {
  const all = (await laptop.api.listRuns(100)).runs;
  const runs = all.filter(({ pipeline }) => pipeline === 'asked');
  expect(runs).toHaveLength(5);
  for (const { costUsd, runId } of runs)
    expect({ runId, free: !(Number(costUsd) > 0) }).toEqual({ runId, free: false });
  const { plan, verdict } = await laptop.api.getRun(runs[0]!.runId);
  expect(plan!.prices).toMatchObject({ 'ml.m5.xlarge': { usdPerHour: 0.23 } });
  expect(verdict!.rules.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/^rmse is/),
    expect.stringMatching(/^the size of model\.tar\.gz is \d+ bytes/),
    expect.stringMatching(/^the cost of training is [\d.e-]+ USD \([\d.]+ s billed on 1 × ml\.m5\.xlarge/),
  ]);
  const month = runs[0]!.startedAt.slice(0, 7);
  const sum = (await laptop.api.getCosts({ month })).pipelines.find(({ pipeline }) => pipeline === 'asked');
  expect(sum).toMatchObject({ pipeline: 'asked', runs: 5, unknown: [] });
  expect(sum!.usd).toBeCloseTo(
    runs.reduce((all, { costUsd = 0 }) => all + costUsd, 0),
    6,
  );
  const printed = await sluice('costs', '--month', month);
  expect(printed).toMatchObject({ code: 0, out: expect.stringMatching(/asked +5 +\S+ USD/) });
  await withdrawRunning(laptop.dataDir);
}, 30_000);

test('and on the way no role was denied anything', () => {
  expect(laptop.embedded.runtime.iamReport().flatMap(({ denied }) => denied)).toEqual([]);
});
