/** Who says yes to a model, what happens to everybody else's answer, and what an answer that goes astray leaves behind. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  awsError,
  called,
  context,
  openFunctionWorld,
  openLedger,
  pipeline,
  runIdNumber,
  script,
} from './functionWorld.ts';

let world: Awaited<ReturnType<typeof openFunctionWorld>>;
let approve: (event: unknown) => Promise<unknown>;
let runEnded: (event: unknown) => Promise<unknown>;
let route: (event: never, context: never) => Promise<{ statusCode?: number; body?: string }>;
let ledger: Awaited<ReturnType<typeof openLedger>>;
let clients: typeof import('../../functions/lib/clients.ts');

beforeAll(async () => {
  world = await openFunctionWorld();
  process.env['TRAIN_MACHINE_ARN'] = 'arn:aws:states:eu-west-1:000000000000:stateMachine:sluice-dev-train';
  approve = called((await import('../../functions/approve.ts')).handler as never);
  runEnded = called((await import('../../functions/runEnded.ts')).handler as never);
  route = (await import('../../functions/api/answerApproval.ts')).handler;
  ledger = await openLedger();
  clients = await import('../../functions/lib/clients.ts');
});
afterAll(() => world.close());

const modelPackageArn = 'arn:aws:sagemaker:eu-west-1:000000000000:model-package/churn/1';
const [anna, ben] = ['arn:aws:iam::000000000000:user/anna', 'arn:aws:iam::000000000000:user/ben'];

let machine: { answered: string[]; fault?: Error; status: string };
let registry: Record<string, string>[];
let told: string[];
let counter = 0;
let runId: string;

beforeEach(async () => {
  machine = { answered: [], status: 'RUNNING' };
  registry = [];
  told = [];
  script(clients.sfn(), {
    SendTaskSuccess({ taskToken = '' }) {
      if (machine.fault) throw machine.fault;
      if (machine.answered.includes(taskToken)) throw awsError('TaskTimedOut', 'Task Timed Out');
      machine.answered.push(taskToken);
    },
    DescribeExecution: () => ({ status: machine.status }),
  });
  script(clients.sagemaker(), { UpdateModelPackage: (input) => void registry.push(input) });
  script(clients.sns(), { Publish: ({ Message = '' }) => void told.push(Message) });
  runId = runIdNumber(++counter);
  const source = { bucket: 'function-world', key: `drop/${pipeline}/${counter}.csv` };
  await ledger.addRun({ runId, pipeline, source, trigger: 's3' });
  await ledger.updateRun(runId, { modelPackageArn });
  await world.plan(runId);
});

const ask = (over: object = {}) =>
  approve({
    action: 'ask',
    runId,
    taskToken: 'token-1',
    since: new Date().toISOString(),
    seconds: 3600,
    summary: 'Passed: xgboost.',
    modelPackageArn,
    attempt: 'first',
    ...over,
  });
const conclude = () => approve({ action: 'conclude', runId, modelPackageArn });

const answer = async (who: string | undefined, body: unknown, id = runId) => {
  const requestContext = who === undefined ? {} : { authorizer: { iam: { userArn: who } } };
  const event = { pathParameters: { id }, headers: {}, requestContext, body: JSON.stringify(body) };
  const { statusCode, body: text = '' } = await route(event as never, context as never);
  return { status: statusCode, ...(JSON.parse(text) as { detail?: string; approval?: object }) };
};

test('asks once, however often the question is retried, and waits under the newest token', async () => {
  await ask();
  await ask({ taskToken: 'token-2', attempt: 'second' });
  expect(told.map((message) => JSON.parse(message) as unknown)).toEqual([
    expect.objectContaining({ runId, awaiting: 'approval', approve: `sluice approve ${runId}` }),
  ]);
  expect(await ledger.getRun(runId)).toMatchObject({ outcome: 'RUNNING', approval: { state: 'waiting' } });
  expect(await answer(anna, { decision: 'approve' })).toMatchObject({ status: 200 });
  expect(machine.answered).toEqual(['token-2']);
});

test('who, when and why are kept in the ledger, the registry and the record; the token is not shown', async () => {
  await ask();
  const answered = await answer(anna, { decision: 'reject', reason: ' worse for women ' });
  expect(answered).toMatchObject({ status: 200, approval: { state: 'rejected', by: anna, reason: 'worse for women' } });
  expect(JSON.stringify(answered)).not.toContain('token-1');
  expect(await conclude()).toMatchObject({
    approved: false,
    outcome: 'REJECTED',
    summary: expect.stringMatching(/^Rejected by \S+anna at 20\S+Z: worse for women\.$/),
  });
  expect(registry).toEqual([
    {
      ModelPackageArn: modelPackageArn,
      ModelApprovalStatus: 'Rejected',
      ApprovalDescription: expect.stringContaining('worse for women'),
    },
  ]);
  expect(await ledger.getRun(runId)).toMatchObject({ approval: { state: 'rejected', by: anna } });
});

test('only one of many answers at the same time counts, and it is the one that is told', async () => {
  await ask();
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => answer(`${anna}${i}`, { decision: i % 2 ? 'approve' : 'reject' })),
  );
  const taken = answers.filter(({ status }) => status === 200);
  expect(taken).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
  const { by, state } = (await ledger.getApproval(runId))!;
  expect(taken[0]).toMatchObject({ approval: { by, state } });
  expect(machine.answered).toEqual(['token-1']);
});

test('an answer that did not reach the machine is completed by the same person, or by the end of the wait', async () => {
  await ask();
  machine.fault = awsError('ThrottlingException', 'Rate exceeded');
  expect(await answer(anna, { decision: 'approve' })).toMatchObject({ status: 503 });
  delete machine.fault;
  expect(await answer(anna, { decision: 'approve' })).toMatchObject({ status: 200 });
  expect(machine.answered).toEqual(['token-1']);
  expect(await answer(anna, { decision: 'approve' })).toMatchObject({ status: 409 });
  expect(await answer(ben, { decision: 'reject' })).toMatchObject({
    status: 409,
    detail: expect.stringContaining(`Approved by ${anna}`),
  });
  // The wait that timed out asks the ledger what was said.
  expect(await conclude()).toMatchObject({ approved: true });
});

test('an answer between two attempts to ask wakes the second', async () => {
  await ask();
  machine.fault = awsError('InvalidToken', 'Invalid Token');
  expect(await answer(anna, { decision: 'approve' })).toMatchObject({ status: 200 });
  delete machine.fault;
  await ask({ taskToken: 'token-2', attempt: 'second' });
  expect(machine.answered).toEqual(['token-2']);
  expect(await ledger.getApproval(runId)).toMatchObject({ state: 'approved', by: anna });
});

test('after its time nothing is approved: the answer is too late, the outcome is EXPIRED', async () => {
  await ask({ since: new Date(Date.now() - 3_601_000).toISOString() });
  expect(await answer(anna, { decision: 'approve' })).toMatchObject({ status: 410 });
  expect(await conclude()).toMatchObject({ approved: false, outcome: 'EXPIRED' });
  expect(registry[0]).toMatchObject({ ModelApprovalStatus: 'Rejected' });
  expect(await answer(anna, { decision: 'approve' })).toMatchObject({ status: 410 });
  await ledger.endRun(runId, 'EXPIRED', 'Nobody answered.');
  expect(await answer(anna, { decision: 'approve' })).toMatchObject({ status: 410 });
});

test('forged answers are refused: unknown, malformed, never asked, unsigned, in another’s name', async () => {
  expect(await answer(anna, { decision: 'approve' })).toMatchObject({ status: 409 });
  await ask();
  expect(await answer(anna, { decision: 'approve' }, runIdNumber(999))).toMatchObject({ status: 404 });
  expect(await answer(anna, { decision: 'approve' }, '../run')).toMatchObject({ status: 400 });
  expect(await answer(anna, { decision: 'yes' })).toMatchObject({ status: 400 });
  expect(await answer(anna, {})).toMatchObject({ status: 400 });
  expect(await answer(anna, { decision: 'approve', by: ben })).toMatchObject({ status: 400 });
  expect(await answer(anna, { decision: 'approve', reason: 'two\nlines' })).toMatchObject({ status: 400 });
  expect(await answer(anna, { decision: 'approve', reason: 'x'.repeat(501) })).toMatchObject({ status: 400 });
  expect(await answer(undefined, { decision: 'approve' })).toMatchObject({ status: 500 });
  expect(await ledger.getApproval(runId)).toMatchObject({ state: 'waiting' });
  expect(machine.answered).toEqual([]);
});

test('a run that is stopped while it waits takes no answer, and its model does not wait on in the registry', async () => {
  await ask();
  await runEnded({ source: 'aws.states', detail: { name: runId, status: 'ABORTED' } });
  expect(await ledger.getApproval(runId)).toMatchObject({ state: 'withdrawn' });
  expect(registry).toEqual([expect.objectContaining({ ModelApprovalStatus: 'Rejected' })]);
  expect(await answer(anna, { decision: 'approve' })).toMatchObject({
    status: 409,
    detail: expect.stringContaining('STOPPED'),
  });
  expect(machine.answered).toEqual([]);
});

test('an answer that finds the execution ended is taken back', async () => {
  await ask();
  machine.fault = awsError('TaskTimedOut', 'Task Timed Out');
  machine.status = 'ABORTED';
  expect(await answer(anna, { decision: 'approve' })).toMatchObject({ status: 409 });
  expect(await ledger.getApproval(runId)).toMatchObject({ state: 'withdrawn' });
  expect(registry.at(-1)).toMatchObject({ ModelApprovalStatus: 'Rejected' });
});

test('a question that comes after the end of the run is not asked', async () => {
  await ledger.markEnding(runId);
  await ask();
  expect(told).toEqual([]);
  expect(await ledger.getApproval(runId)).toMatchObject({ state: 'withdrawn' });
});
