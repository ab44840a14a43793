/** A pipeline's schedule, from its file to the run, in the packaged service: made, changed and removed with the file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient, type GetScheduleCommandOutput } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openEmbedded, type Embedded } from '../../cli/embedded.ts';
import type { Principal } from '../../runtime/operation.ts';
import { movableClock, type MovableClock } from '../fixtures/movableClock.ts';
import { givePackage } from './laptop.ts';

const day = 86_400_000;

let dataDir: string;
let clock: MovableClock;
let embedded: Embedded;
let s3: S3Client;
let scheduler: SchedulerClient;
let Bucket: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'schedule-'));
  clock = movableClock();
  givePackage(dataDir);
  embedded = await openEmbedded({ dataDir, clock });
  const { endpoint, region, credentials } = embedded.runtime;
  s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  scheduler = new SchedulerClient({ endpoint, region, credentials });
  Bucket = embedded.deployed.outputs['DataBucketName'] ?? '';
}, 120_000);
afterAll(async () => {
  await embedded.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
const apply = (text: string) => put('pipelines/churn.yaml', `name: churn\n${text}\n`);

const schedule = async (): Promise<GetScheduleCommandOutput | undefined> => {
  try {
    return await scheduler.send(new GetScheduleCommand({ GroupName: 'sluice-dev', Name: 'churn' }));
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    return undefined;
  }
};

interface Execution {
  name: string;
  executionArn: string;
}

const root: Principal = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' };
const ask = <Output>(service: string, operation: string, input: object) =>
  embedded.runtime.world.call(root, service, operation, input) as Promise<Output>;

const runs = async () => {
  const stateMachineArn = embedded.deployed.outputs['TrainMachineArn'];
  const { executions } = await ask<{ executions: Execution[] }>('states', 'ListExecutions', { stateMachineArn });
  const inputs = await Promise.all(
    executions.map(({ executionArn }) => ask<{ input: string }>('states', 'DescribeExecution', { executionArn })),
  );
  return inputs.map(
    ({ input }) => JSON.parse(input) as { trigger: string; source: { key: string }; idempotencyKey?: string },
  );
};
const scheduledRuns = async () => (await runs()).filter(({ trigger }) => trigger === 'schedule');

/** What `look` sees when it satisfies `holds`. */
const eventually = async <T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> => {
  for (let tries = 0; tries < 300; tries++) {
    const seen = await look();
    if (holds(seen)) return seen;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`It did not come about: ${String(holds)}`);
};

/** 6:00 on Monday in Berlin, epoch ms. */
const nextMonday = () => {
  const berlin = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Berlin',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  let at = Math.ceil(clock.now() / 60_000) * 60_000;
  while (berlin.format(at) !== 'Mon 06:00') at += 60_000;
  return at;
};

/** What the logs of a function say, for what has no other trace. */
const logOf = async (name: string) => {
  const { events } = await ask<{ events: { message: string }[] }>('logs', 'FilterLogEvents', {
    logGroupName: `/aws/lambda/sluice-dev-${name}`,
  });
  return events.map(({ message }) => message).join('\n');
};

test('follows the file, and each tick is one run on the drop of its time', async () => {
  await apply('schedule: rate(7 days)');
  const made = await eventually(schedule, (it) => it !== undefined);
  expect(made).toMatchObject({
    ScheduleExpression: 'rate(7 days)',
    ScheduleExpressionTimezone: 'UTC',
    State: 'ENABLED',
    Target: {
      Arn: expect.stringMatching(/:function:sluice-dev-triggers-schedule$/),
      DeadLetterConfig: { Arn: expect.stringMatching(/:sluice-dev-dead-letters$/) },
    },
  });
  const first = made?.StartDate?.getTime() ?? 0;
  expect(Math.abs(first - clock.now() - 7 * day)).toBeLessThan(60_000);

  // Nothing has been dropped: the tick is told of, and no run is begun.
  clock.jump(first - clock.now());
  await eventually(
    () => logOf('triggers-schedule'),
    (text) => text.includes('had nothing to run on'),
  );
  expect(await runs()).toEqual([]);

  await put('drop/churn/old.csv', 'a,y\n1,2\n');
  await put('drop/churn/_notes', 'no data');
  clock.jump(day);
  await put('drop/churn/new.csv', 'a,y\n1,2\n');
  const second = first + 7 * day;
  clock.jump(second - clock.now());
  const [run] = await eventually(scheduledRuns, (it) => it.length > 0);
  expect(run).toMatchObject({
    source: { key: 'drop/churn/new.csv', versionId: expect.any(String) },
    idempotencyKey: new Date(second).toISOString().replace('.000', ''),
  });

  // The same tick once more, as EventBridge Scheduler may deliver it, though there is a newer drop.
  await put('drop/churn/newest.csv', 'a,y\n1,2\n');
  await eventually(runs, (it) => it.some(({ source }) => source.key.endsWith('newest.csv')));
  const Payload = new TextEncoder().encode(
    JSON.stringify({ pipeline: 'churn', source: 'latest', scheduledTime: run?.idempotencyKey }),
  );
  const again = await ask<{ Payload: Uint8Array }>('lambda', 'Invoke', {
    FunctionName: 'sluice-dev-triggers-schedule',
    Payload,
  });
  expect(JSON.parse(new TextDecoder().decode(again.Payload))).toMatchObject({ started: false });
  expect(await scheduledRuns()).toHaveLength(1);

  // The file with another setting leaves the schedule alone, one that is not valid too.
  const { LastModificationDate } = (await schedule()) ?? {};
  await apply('schedule: rate(7 days)\nevaluate: { objective: auc }');
  await apply('schedule: cron(0 6 31 2 ? *)');
  await eventually(
    () => logOf('pipelineChanged'),
    (text) => text.includes('it never fires'),
  );
  expect((await schedule())?.LastModificationDate).toEqual(LastModificationDate);

  await apply('schedule: { expression: cron(0 6 ? * MON *), timezone: Europe/Berlin, source: drop/churn/old.csv }');
  const changed = await eventually(schedule, (it) => it?.ScheduleExpression !== 'rate(7 days)');
  expect(changed).toMatchObject({
    ScheduleExpression: 'cron(0 6 ? * MON *)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
  });
  expect(changed?.StartDate).toBeUndefined();
  clock.jump(nextMonday() - clock.now());
  const onFile = await eventually(scheduledRuns, (it) => it.length > 1);
  expect(onFile.map(({ source }) => source.key).toSorted()).toEqual(['drop/churn/new.csv', 'drop/churn/old.csv']);

  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'pipelines/churn.yaml' }));
  await eventually(schedule, (it) => it === undefined);
  await apply('deploy: { target: none }');
  clock.jump(30 * day);
  expect(await schedule()).toBeUndefined();
}, 120_000);

test('a late event does not bring back what the file says no more', async () => {
  await apply('schedule: cron(0 6 * * ? *)');
  await eventually(schedule, (it) => it !== undefined);
  await apply('deploy: { target: none }');
  await eventually(schedule, (it) => it === undefined);
  const late = { detail: { bucket: { name: Bucket }, object: { key: 'pipelines/churn.yaml' } } };
  const { Payload } = await ask<{ Payload: Uint8Array }>('lambda', 'Invoke', {
    FunctionName: 'sluice-dev-pipelineChanged',
    Payload: new TextEncoder().encode(JSON.stringify(late)),
  });
  expect(JSON.parse(new TextDecoder().decode(Payload))).toEqual({
    pipeline: 'churn',
    schedule: 'none',
    scoring: 'none',
  });
  expect(await schedule()).toBeUndefined();
}, 60_000);
