/** RedriveExecution on runs that ended unwell: what was completed is kept, the rest is done again, and each end is told once. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ListTrainingJobsCommand, ListTransformJobsCommand, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand, RedriveExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { ServiceFactory } from '../../runtime/operation.ts';
import type { SageMaker } from '../../runtime/services/sagemaker/sagemakerState.ts';
import {
  candidateExecutionName,
  executionArn,
  pipelineOf,
  trainingJobName,
  transformJobName,
} from '../../spec/names.ts';
import type { RunView } from '../../spec/run.ts';
import { openLaptop, type Laptop } from './laptop.ts';

/** With 999 rounds the first image trains until it is stopped; the second one, mended, does not know of that. */
let isMended = false;
const mendable =
  (factory: ServiceFactory): ServiceFactory =>
  (world) => {
    const service = factory(world);
    if (service.name !== 'sagemaker') return service;
    (service.state as SageMaker).images.containers = () => ({
      entry: isMended ? resolve('test/fixtures/mendedContainer.mjs') : resolve('test/faults/container.mjs'),
    });
    return service;
  };

const told: { runId: string; outcome?: string }[] = [];
/** Called for each function that a machine asks for; `function` without the stack's name. */
let onInvoke: ((called: string, runId: string) => Promise<void>) | undefined;

const watched =
  (factory: ServiceFactory): ServiceFactory =>
  (world) => {
    const service = factory(world);
    const watch = (name: string, before: (input: never) => Promise<void> | void): typeof service => {
      const { [name]: given } = service.operations;
      if (!given) throw new Error(`There is no operation ${name}.`);
      const run: typeof given.run = async (input: never, call) => {
        await before(input);
        return given.run(input, call);
      };
      return { ...service, operations: { ...service.operations, [name]: { ...given, run } } };
    };
    if (service.name === 'sns')
      return watch('Publish', ({ Message }: { Message: string }) => void told.push(JSON.parse(Message)));
    if (service.name === 'lambda')
      return watch('Invoke', async ({ FunctionName, Payload }: { FunctionName: string; Payload: Uint8Array }) => {
        const { runId } = JSON.parse(new TextDecoder().decode(Payload)) as { runId?: string };
        if (runId !== undefined) await onInvoke?.(/:sluice-dev-(\w+)/.exec(FunctionName)?.[1] ?? '', runId);
      });
    return service;
  };

let laptop: Laptop;
beforeAll(async () => {
  laptop = await openLaptop(mkdtempSync(join(tmpdir(), 'sluice-')), {
    services: (own) => own.map(mendable).map(watched),
  });
}, 120_000);
afterEach(() => {
  onInvoke = undefined;
  isMended = false;
});
afterAll(() => laptop.close());

const settings = (rounds: readonly number[], more: string) =>
  `train: { candidates: [${rounds.map((it) => `{ algorithm: xgboost, hyperparameters: { num_round: ${it} } }`).join(', ')}] }
gate: { rules: [{ metric: rmse, max: 500 }], champion: { minDelta: -1 } }
${more}
`;
const rows = (slope: number) => Array.from({ length: 60 }, (_, i) => `${i % 13},${(i % 13) * slope + (i % 5)}`);
const csv = (slope = 2) => `x,y\n${rows(slope).join('\n')}\n`;

const arnOf = (runId: string, machine = 'train') =>
  executionArn((laptop.connection.outputs['TrainMachineArn'] ?? '').replace(/train$/, machine), runId);
const execution = (runId: string, machine?: string) =>
  laptop.clients.sfn.send(new DescribeExecutionCommand({ executionArn: arnOf(runId, machine) }));
const redrive = (runId: string, machine?: string) =>
  laptop.clients.sfn.send(new RedriveExecutionCommand({ executionArn: arnOf(runId, machine) }));
const abort = (runId: string) => laptop.clients.sfn.send(new StopExecutionCommand({ executionArn: arnOf(runId) }));
const closed = (runId: string, machine?: string) =>
  eventually(
    async () => (await execution(runId, machine)).status,
    (status) => status !== 'RUNNING',
  );

const jobsOf = async (runId: string): Promise<Record<string, string | undefined>> => {
  const of = { NameContains: runId, MaxResults: 100 };
  const { TrainingJobSummaries = [] } = await laptop.clients.sagemaker.send(new ListTrainingJobsCommand(of));
  const { TransformJobSummaries = [] } = await laptop.clients.sagemaker.send(new ListTransformJobsCommand(of));
  return Object.fromEntries([
    ...TrainingJobSummaries.map((it) => [it.TrainingJobName, it.TrainingJobStatus] as const),
    ...TransformJobSummaries.map((it) => [it.TransformJobName, it.TransformJobStatus] as const),
  ]);
};

const outcomesTold = (runId: string) => told.flatMap((it) => (it.runId === runId ? [it.outcome] : []));

/** Asks ten times a second for a minute: more is a load. */
async function eventually<Answer>(ask: () => Promise<Answer>, wanted: (answer: Answer) => boolean) {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`Still not as wanted: ${JSON.stringify(await ask())}`);
}

/** The run when its execution, redriven, has ended. */
const redriven = async (runId: string): Promise<RunView> => {
  await redrive(runId);
  await closed(runId);
  return laptop.ended(runId);
};

test('a training job that failed: the other candidate is kept, one model is registered and deployed', async () => {
  await laptop.apply('mended', `name: mended\n${settings([2, 999], 'deploy: { target: endpoint }')}`);
  const runId = await laptop.start('mended', csv());
  const [kept, failed] = [trainingJobName(runId, 0), trainingJobName(runId, 1)];
  await eventually(
    async () => (await execution(candidateExecutionName(runId, 0), 'candidate').catch(() => undefined))?.status,
    (status) => status === 'SUCCEEDED',
  );
  await laptop.clients.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: failed }));
  const first = await laptop.ended(runId);
  expect(first).toMatchObject({ outcome: 'FAILED', summary: expect.stringContaining('stopped before it ended') });
  expect(await execution(runId)).toMatchObject({ status: 'FAILED', error: 'AlgorithmError' });

  // Redriven alone, a candidate's execution starts nothing.
  await redrive(candidateExecutionName(runId, 1), 'candidate');
  expect(await closed(candidateExecutionName(runId, 1), 'candidate')).toBe('FAILED');

  isMended = true;
  const run = await redriven(runId);
  expect(run).toMatchObject({ outcome: 'DEPLOYED', redrives: 1, endpointName: 'sluice-dev-mended' });
  expect(await execution(runId)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
  expect(await jobsOf(runId)).toEqual({
    [kept]: 'Completed',
    [transformJobName(runId, 0)]: 'Completed',
    [failed]: 'Stopped',
    [trainingJobName(runId, 1, 1)]: 'Completed',
    [transformJobName(runId, 1, 1)]: 'Completed',
  });
  expect((await laptop.api.listModels('mended', 10)).models).toHaveLength(1);
  expect(outcomesTold(runId)).toEqual(['FAILED', 'DEPLOYED']);
  // What every job took is in the sum.
  expect(run.costUsd).toBeGreaterThan(first.costUsd ?? Number.NaN);
  await expect(redrive(runId)).rejects.toMatchObject({ name: 'ExecutionNotRedrivable' });
  // And the model serves as any other.
  await laptop.apply('mended', `name: mended\n${settings([2], 'deploy: { target: endpoint }')}`);
  expect(await laptop.drop('mended', csv(3))).toMatchObject({ outcome: 'DEPLOYED' });
}, 90_000);

const steps = ['plan', 'prepare', 'submit', 'evaluate', 'compare', 'gate', 'register'];

/** Each pipeline is called after the function at which its run is aborted, once. */
test('aborted in whichever state, it goes on to the same end', async () => {
  const aborted = new Set<string>();
  onInvoke = async (called, runId) => {
    if (called !== pipelineOf(runId) || aborted.has(runId)) return;
    aborted.add(runId);
    await abort(runId);
  };
  const runs = steps.map(async (step) => {
    await laptop.apply(step, `name: ${step}\n${settings([2], 'deploy: { target: none }')}`);
    const runId = await laptop.start(step, csv(), `${step}.csv`);
    await eventually(
      async () => aborted.has(runId),
      (it) => it,
    );
    // At once: what it has left is perhaps not yet cleared away.
    const run = await redriven(runId);
    // A submission that was under way when it was aborted has its job stopped.
    const jobs = Object.entries(await jobsOf(runId)).filter(([name]) => /-(train|t1)$/.test(name));
    const completed = jobs.filter(([, status]) => status === 'Completed');
    return {
      step,
      outcome: run.outcome,
      redrives: run.redrives,
      status: (await execution(runId)).status,
      trained: step === 'submit' ? completed.length : jobs.length,
      models: (await laptop.api.listModels(step, 10)).models.length,
      told: outcomesTold(runId),
    };
  });
  const wanted = { outcome: 'REGISTERED', redrives: 1, status: 'SUCCEEDED', trained: 1, models: 1 };
  expect(await Promise.all(runs)).toEqual(steps.map((step) => ({ step, ...wanted, told: ['STOPPED', 'REGISTERED'] })));
}, 120_000);

test('aborted while it told how well it had ended, it has nothing left to do', async () => {
  await laptop.apply('teller', `name: teller\n${settings([2], 'deploy: { target: none }')}`);
  let isAborted = false;
  onInvoke = async (called, runId) => {
    if (called !== 'notify' || isAborted) return;
    isAborted = true;
    await abort(runId);
  };
  const runId = await laptop.start('teller', csv());
  expect(await laptop.ended(runId)).toMatchObject({ outcome: 'REGISTERED' });
  expect(await execution(runId)).toMatchObject({ status: 'ABORTED' });
  const run = await redriven(runId);
  expect([run.outcome, run.redrives]).toEqual(['REGISTERED', undefined]);
  expect(await execution(runId)).toMatchObject({ status: 'SUCCEEDED' });
  expect(outcomesTold(runId)).toEqual(['REGISTERED']);
}, 60_000);

test('aborted amid its deployment, or while it waits for approval: taken back, and done again', async () => {
  await laptop.apply(
    'asked',
    `name: asked\napproval: { expires: 1h }\n${settings([2], 'deploy: { target: endpoint }')}`,
  );
  const runId = await laptop.start('asked', csv());
  const waits = () =>
    eventually(
      async () => (await laptop.api.getRun(runId).catch(() => undefined))?.approval?.state,
      (state) => state === 'waiting',
    );
  await waits();
  await abort(runId);
  expect(await laptop.ended(runId)).toMatchObject({ outcome: 'STOPPED' });
  await eventually(
    async () => (await laptop.api.getRun(runId)).approval?.state,
    (state) => state === 'withdrawn',
  );
  await redrive(runId);
  await waits();
  let isAborted = false;
  onInvoke = async (called) => {
    if (called !== 'smokeTest' || isAborted) return;
    isAborted = true;
    await abort(runId);
  };
  await laptop.api.answerApproval(runId, { decision: 'approve' });
  await eventually(
    async () => isAborted,
    (it) => it,
  );
  expect(await laptop.ended(runId)).toMatchObject({ outcome: 'STOPPED', redrives: 1 });
  const run = await redriven(runId);
  expect(run).toMatchObject({ outcome: 'DEPLOYED', redrives: 2, approval: { state: 'approved' } });
  expect((await laptop.api.listModels('asked', 10)).models).toEqual([
    expect.objectContaining({ status: 'Approved', serves: 'sluice-dev-asked' }),
  ]);
  expect(outcomesTold(runId).filter((it) => it !== undefined)).toEqual(['STOPPED', 'STOPPED', 'DEPLOYED']);
}, 120_000);

test('while another run of the pipeline is active it is refused, and goes on when that one has ended', async () => {
  await laptop.apply('turns', `name: turns\n${settings([999], 'deploy: { target: none }')}`);
  const isTraining = (runId: string) =>
    eventually(
      async () => (await jobsOf(runId))[trainingJobName(runId, 0)],
      (status) => status === 'InProgress',
    );
  const runId = await laptop.start('turns', csv());
  await isTraining(runId);
  await laptop.api.stopRun(runId);
  await laptop.ended(runId);
  const other = await laptop.start('turns', csv(3));
  await isTraining(other);

  await redrive(runId);
  expect(await closed(runId)).toBe('FAILED');
  const { error, cause } = await execution(runId);
  expect(error).toBe('InputError');
  expect(JSON.parse(cause ?? '')).toMatchObject({
    errorMessage: expect.stringMatching(new RegExp(`The run ${other} of the pipeline turns is active.*Redrive`)),
  });
  expect(await laptop.api.getRun(runId)).toMatchObject({ outcome: 'STOPPED' });

  await laptop.api.stopRun(other);
  await laptop.ended(other);
  isMended = true;
  expect(await redriven(runId)).toMatchObject({ outcome: 'REGISTERED', redrives: 2 });
  expect(outcomesTold(runId)).toEqual(['STOPPED', 'REGISTERED']);
  expect(Object.values(await jobsOf(runId)).filter((status) => status === 'InProgress')).toEqual([]);
  // Its place is free again.
  expect(await laptop.drop('turns', csv(4))).toMatchObject({ outcome: 'REGISTERED' });
}, 90_000);

test('aborted while it was about to go on, it has ended; the next redrive goes on', async () => {
  await laptop.apply('hasty', `name: hasty\n${settings([2], 'deploy: { target: none }')}`);
  const seen: string[] = [];
  onInvoke = async (called, runId) => {
    if (called === 'compare' && !seen.includes(called)) {
      seen.push(called);
      await abort(runId);
    }
    if (called === 'resume' && !seen.includes(called)) {
      seen.push(called);
      await abort(runId);
      // Until its end was worked off: this call has been on its way all the time.
      await new Promise((wake) => setTimeout(wake, 3000));
    }
  };
  const runId = await laptop.start('hasty', csv());
  await laptop.ended(runId);
  await redrive(runId);
  await eventually(
    async () => seen.includes('resume'),
    (it) => it,
  );
  await closed(runId);
  await eventually(
    async () => (await laptop.api.getRun(runId)).outcome,
    (outcome) => outcome === 'STOPPED',
  );
  expect(await redriven(runId)).toMatchObject({ outcome: 'REGISTERED', redrives: 2 });
  expect(outcomesTold(runId)).toEqual(['STOPPED', 'REGISTERED']);
  expect(await laptop.drop('hasty', csv(3))).toMatchObject({ outcome: 'REGISTERED' });
}, 90_000);

test('and on the way no role was denied anything', () => {
  expect(laptop.embedded.runtime.iamReport().flatMap(({ denied }) => denied)).toEqual([]);
});
