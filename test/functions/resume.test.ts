/** A run that goes on in a redrive: what comes before it, and what comes too late to touch it. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { attemptOf, batchJobName, trainingJobName } from '../../spec/names.ts';
import { awsError, called, openFunctionWorld, openLedger, pipeline, runIdNumber, script } from './functionWorld.ts';

let world: Awaited<ReturnType<typeof openFunctionWorld>>;
let ledger: Awaited<ReturnType<typeof openLedger>>;
let clients: typeof import('../../functions/lib/clients.ts');
let resume: (runId: string, redrives: number) => Promise<unknown>;
let runEnded: (event: unknown) => Promise<unknown>;
let submit: (input: object) => Promise<unknown>;

beforeAll(async () => {
  world = await openFunctionWorld();
  Object.assign(process.env, { RUN_ENDED_ARN: 'sluice-dev-runEnded', SAGEMAKER_ROLE_ARN: 'arn:aws:iam::0:role/jobs' });
  const { handler } = await import('../../functions/resume.ts');
  resume = (runId, redrives) => called(handler as never)({ runId, redrives });
  runEnded = called((await import('../../functions/runEnded.ts')).handler as never);
  submit = called((await import('../../functions/submit.ts')).handler as never);
  ledger = await openLedger();
  clients = await import('../../functions/lib/clients.ts');
});
afterAll(() => world.close());

let counter = 0;
let runId: string;
let heard: unknown[];
let told: { outcome?: string; redrives?: number }[];

beforeEach(async () => {
  [heard, told] = [[], []];
  script(clients.sagemaker(), {});
  script(clients.sfn(), {});
  script(clients.sns(), { Publish: ({ Message = '' }) => void told.push(JSON.parse(Message) as object) });
  script(clients.lambda(), {
    Invoke: ({ Payload }) => void heard.push(JSON.parse(new TextDecoder().decode(Payload as never))),
  });
  runId = runIdNumber(++counter);
  const source = { bucket: 'function-world', key: `drop/${pipeline}/data.csv` };
  await ledger.addRun({ runId, pipeline, source, trigger: 's3' });
  await world.plan(runId);
});

const ended = (redriveCount: number, status = 'ABORTED') => ({
  source: 'aws.states',
  detail: { name: runId, status, redriveCount },
});

test('a run whose end was not heard is cleared away first: its event may be lost', async () => {
  await expect(resume(runId, 1)).rejects.toMatchObject({ name: 'PlatformError' });
  expect(await ledger.getRun(runId)).not.toHaveProperty('redrives');
  expect(heard).toEqual([
    { source: 'aws.states', detail: expect.objectContaining({ name: runId, redriveCount: 0, error: 'RunRedriven' }) },
  ]);
  await runEnded(heard[0]);
  expect(await resume(runId, 1)).toEqual({ goesOn: true, redrives: 1 });
  // The same step again finds what it has done.
  expect(await resume(runId, 1)).toEqual({ goesOn: true, redrives: 1 });
  expect(await ledger.getRun(runId)).toMatchObject({ outcome: 'RUNNING', redrives: 1, redrivenAt: expect.any(String) });
  expect(await ledger.getRun(runId)).not.toHaveProperty('endedAt');
});

test('an end that is heard again by then changes nothing, the next one is told as any', async () => {
  await runEnded(ended(0));
  await resume(runId, 1);
  const holder = attemptOf(runId, 1);
  await ledger.lock(pipeline, holder);
  await ledger.openApproval(runId, { token: 't', expiresAt: '2999-01-01T00:00:00Z', redrives: 1 });
  await runEnded(ended(0));
  // Even one that has looked before: whatever it goes on to write is of the run as it was.
  expect(await ledger.markEnding(runId, 0)).toBe(false);
  expect(await ledger.endRun(runId, 'FAILED', 'late', 0)).toBe(false);
  expect(await ledger.takeTurnToTell(runId, 'late')).toBe('told');
  expect(await ledger.endApproval(runId, 'withdrawn', 'late', 0)).toBe(false);
  expect(await ledger.unlock(pipeline, runId)).toBe(false);
  expect(await ledger.markCleared(runId, 0)).toBe(false);
  expect(await ledger.getRun(runId)).toMatchObject({ outcome: 'RUNNING' });
  expect(await ledger.isOver(runId, 1)).toBe(false);
  expect(await ledger.isOver(runId, 0)).toBe(true);
  expect(await ledger.lockHolder(pipeline)).toBe(holder);

  // Redriven once more in vain meanwhile, it is still the end of what the ledger knows.
  await runEnded(ended(2, 'TIMED_OUT'));
  expect(told.map(({ outcome, redrives }) => [outcome, redrives])).toEqual([
    ['STOPPED', undefined],
    ['TIMED_OUT', 1],
  ]);
  expect(await ledger.lockHolder(pipeline)).toBeUndefined();
  expect(await ledger.getApproval(runId)).toMatchObject({ state: 'withdrawn' });
  expect(await resume(runId, 3)).toEqual({ goesOn: true, redrives: 3 });
  // It asks again.
  expect(await ledger.getApproval(runId)).toBeUndefined();
});

test('of a redrive that is about to go on and the end of its execution, one sees the other', async () => {
  await runEnded(ended(0));
  // Aborted while it was being resumed: heard first, nobody goes on; the next redrive does.
  await runEnded(ended(1));
  await expect(resume(runId, 1)).rejects.toMatchObject({ name: 'PlatformError' });
  expect(await ledger.getRun(runId)).toMatchObject({ outcome: 'STOPPED' });
  expect(await resume(runId, 2)).toEqual({ goesOn: true, redrives: 2 });
  await runEnded(ended(2));
  expect(await ledger.getRun(runId)).toMatchObject({ outcome: 'STOPPED', redrives: 2 });
  expect(told).toHaveLength(2);
});

test('a call that comes too late does not take what goes on for what was', async () => {
  await runEnded(ended(0));
  await resume(runId, 2);
  await expect(resume(runId, 1)).rejects.toThrow(/goes on in a later redrive/);
  expect(heard).toEqual([]);
  expect(await ledger.isOver(runId, 2)).toBe(false);
});

test('what has ended well does not begin again, and nothing is redriven more often than names can tell', async () => {
  await ledger.endRun(runId, 'DEPLOYED', 'Passed.');
  await runEnded(ended(0));
  expect(await resume(runId, 1)).toEqual({ goesOn: false, redrives: 0 });
  expect(await ledger.getRun(runId)).toMatchObject({ outcome: 'DEPLOYED' });

  runId = runIdNumber(++counter);
  const source = { bucket: 'function-world', key: `drop/${pipeline}/data.csv` };
  await ledger.addRun({ runId, pipeline, source, trigger: 's3' });
  await runEnded(ended(0));
  await expect(resume(runId, 100)).rejects.toThrow(/redriven 99 times.*sluice retry/);
  await expect(resume(runIdNumber(999), 1)).rejects.toThrow(/knows nothing of this run/);
});

test('while another run has the place of the pipeline it is refused by name; a place left by a redrive is its own', async () => {
  const source = { bucket: 'function-world', key: `drop/turns/data.csv` };
  const [own, other] = [4, 5].map((n) => ({
    request: { runId: `turns-${String(n).padStart(16, '0')}`, pipeline: 'turns', source, trigger: 's3' as const },
    place: `2026-11-2${n}`,
  }));
  if (!own || !other) throw new Error('two');
  runId = own.request.runId;
  await ledger.addRun(own.request, 'RUNNING', own.place);
  await ledger.takeSlot(own);
  await ledger.markBegun('turns', runId);
  await runEnded(ended(0));
  expect(await ledger.getSlot('turns')).toBeUndefined();
  await ledger.takeSlot(other);
  await expect(resume(runId, 1)).rejects.toThrow(new RegExp(`The run ${other.request.runId} .* is active`));
  expect(await ledger.getRun(runId)).toMatchObject({ outcome: 'STOPPED' });
  await ledger.release('turns', other.request.runId);

  await ledger.takeSlotAgain(own, 2);
  expect(await resume(runId, 3)).toEqual({ goesOn: true, redrives: 3 });
  expect(await ledger.getSlot('turns')).toMatchObject({ begun: true, holder: attemptOf(runId, 3) });
  expect(await ledger.release('turns', runId)).toBe(false);
  await runEnded(ended(3));
  expect(await ledger.getSlot('turns')).toBeUndefined();
});

test('a job that was completed before is taken again, one that still runs is stopped, and none is started twice', async () => {
  await runEnded(ended(0));
  await resume(runId, 2);
  const jobs = new Map<string, string>();
  const stopped: string[] = [];
  const created: string[] = [];
  script(clients.sagemaker(), {
    DescribeTransformJob({ TransformJobName = '' }) {
      const TransformJobStatus = jobs.get(TransformJobName);
      if (!TransformJobStatus) throw awsError('ValidationException', 'Could not find requested job');
      return { TransformJobStatus };
    },
    StopTransformJob: ({ TransformJobName = '' }) => void stopped.push(TransformJobName),
    CreateTransformJob: ({ TransformJobName = '' }) => void created.push(TransformJobName),
  });
  const batch = (redrives: number) => submit({ runId, candidate: 0, action: 'batch', redrives });
  const names = [0, 1, 2].map((redrives) => batchJobName(runId, redrives));
  jobs.set(names[0] ?? '', 'InProgress').set(names[1] ?? '', 'Failed');
  expect(await batch(2)).toEqual({ kind: 'transform', name: names[2] });
  expect([stopped, created]).toEqual([[names[0]], [names[2]]]);
  jobs.set(names[0] ?? '', 'Completed').set(names[1] ?? '', 'Completed');
  expect(await batch(2)).toEqual({ kind: 'transform', name: names[1] });
  expect(created).toHaveLength(1);
  // What was asked for before the redrive, and by the execution of a candidate that was redriven alone.
  await expect(batch(0)).rejects.toMatchObject({ name: 'InputError' });
  await expect(submit({ runId, candidate: 0, action: 'train' })).rejects.toThrow(/no job is started/);
  expect(created).toHaveLength(1);
});

test('a job that was submitted while its run went on in another redrive is stopped', async () => {
  const stopped: string[] = [];
  script(clients.sagemaker(), {
    async CreateTransformJob() {
      await runEnded(ended(0));
      await resume(runId, 1);
    },
    StopTransformJob: ({ TransformJobName = '' }) => void stopped.push(TransformJobName),
  });
  await expect(submit({ runId, candidate: 0, action: 'batch' })).rejects.toThrow(/its job was stopped/);
  expect(stopped).toContain(batchJobName(runId));
});

test('the end of a redriven run stops the jobs of all its redrives', async () => {
  await runEnded(ended(0));
  await resume(runId, 1);
  const stopped: string[] = [];
  script(clients.sagemaker(), { StopTrainingJob: ({ TrainingJobName = '' }) => void stopped.push(TrainingJobName) });
  await runEnded(ended(1));
  expect(stopped).toEqual(expect.arrayContaining([trainingJobName(runId, 0), trainingJobName(runId, 0, 1)]));
});
