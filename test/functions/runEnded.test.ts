import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { awsError, context, openFunctionWorld, openLedger, pipeline, runIdNumber, script } from './functionWorld.ts';

let world: Awaited<ReturnType<typeof openFunctionWorld>>;
let runEnded: (event: unknown) => Promise<unknown>;
let ledger: Awaited<ReturnType<typeof openLedger>>;
let clients: typeof import('../../functions/lib/clients.ts');

beforeAll(async () => {
  world = await openFunctionWorld();
  const { handler } = await import('../../functions/runEnded.ts');
  runEnded = async (event) => handler(event, context);
  ledger = await openLedger();
  clients = await import('../../functions/lib/clients.ts');
});
afterAll(() => world.close());

const ended = (name: string, status: string) => ({ source: 'aws.states', detail: { name, status } });

const begun = async (runId: string) => {
  const source = { bucket: 'function-world', key: `drop/${pipeline}/data.csv` };
  await ledger.addRun({ runId, pipeline, source, trigger: 's3' });
  await world.plan(runId);
};

test('a run aborted amid its deployment has its endpoint taken back, once, and leaves no lock', async () => {
  const runId = runIdNumber(1);
  await begun(runId);
  await ledger.lock(pipeline, runId);
  script(clients.sagemaker(), {});
  const started: unknown[] = [];
  script(clients.sfn(), { StartExecution: (input) => void started.push(input) });
  const told: string[] = [];
  script(clients.sns(), { Publish: ({ Message = '' }) => void told.push(Message) });
  await runEnded(ended(runId, 'ABORTED'));
  await runEnded(ended(runId, 'ABORTED'));
  expect(started).toEqual([
    {
      stateMachineArn: expect.stringMatching(/:sluice-dev-deployEndpoint$/),
      name: `${runId}-back`,
      input: JSON.stringify({ action: 'rollback', runId, linger: 90 }),
    },
  ]);
  expect(await ledger.lockHolder(pipeline)).toBeUndefined();
  expect(told).toHaveLength(1);
  expect(await ledger.getRun(runId)).toMatchObject({ outcome: 'STOPPED' });
});

test('a job that cannot be stopped keeps neither the lock nor the message, and is tried again', async () => {
  const runId = runIdNumber(2);
  await begun(runId);
  const calls = script(clients.sagemaker(), {
    StopTrainingJob() {
      throw awsError('AccessDeniedException', 'not authorized');
    },
  });
  script(clients.sfn(), {});
  const told = script(clients.sns(), {});
  await expect(runEnded(ended(runId, 'TIMED_OUT'))).rejects.toThrow(/not authorized/);
  expect(calls.filter((call) => call === 'StopTransformJob').length).toBeGreaterThan(1);
  expect(told).toEqual(['Publish']);
  expect(await ledger.getRun(runId)).toMatchObject({ outcome: 'TIMED_OUT' });
});

test('a run that has told its outcome keeps it, whatever fails afterwards', async () => {
  const runId = runIdNumber(3);
  await begun(runId);
  await ledger.endRun(runId, 'DEPLOYED', 'Passed.');
  script(clients.sagemaker(), {});
  script(clients.sfn(), {});
  const told: string[] = [];
  script(clients.sns(), { Publish: ({ Message = '' }) => void told.push(Message) });
  await runEnded(ended(runId, 'FAILED'));
  expect(told.map((message) => JSON.parse(message) as unknown)).toEqual([
    {
      runId,
      pipeline,
      outcome: 'DEPLOYED',
      summary: 'Passed.',
      costUsd: 0,
      report: {
        object: `s3://function-world/runs/${runId}/report.html`,
        // Asks for a permission: no signed address leaves in a message.
        console: expect.stringMatching(
          /console\.aws\.amazon\.com\/s3\/object\/function-world\?region=[a-z0-9-]+&prefix=runs%2F[^&]*$/,
        ),
        command: `sluice show ${runId} --report report.html`,
      },
    },
  ]);
});

test('an attempt to tell that died is not taken for one that told', async () => {
  const runId = runIdNumber(4);
  await begun(runId);
  script(clients.sagemaker(), {});
  script(clients.sfn(), {});
  const told = script(clients.sns(), {});
  expect(await ledger.takeTurnToTell(runId, 'another')).toBe('mine');
  await expect(runEnded(ended(runId, 'FAILED'))).rejects.toMatchObject({ name: 'PlatformError' });
  const now = Date.now;
  Date.now = () => now() + 61_000;
  try {
    await runEnded(ended(runId, 'FAILED'));
  } finally {
    Date.now = now;
  }
  expect(told).toEqual(['Publish']);
});

test('an attempt to tell that is made again because its process died tells at once', async () => {
  const runId = runIdNumber(5);
  await begun(runId);
  script(clients.sagemaker(), {});
  script(clients.sfn(), {});
  const told = script(clients.sns(), {});
  expect(await ledger.takeTurnToTell(runId, context.awsRequestId)).toBe('mine');
  await runEnded(ended(runId, 'FAILED'));
  expect(told).toEqual(['Publish']);
});
