import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { testClock, type Clock } from '../../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../../runtime/index.ts';
import { lambda } from '../../../../runtime/services/lambda/index.ts';
import { connect, create, esm, removeFolders, temporaryFolder } from './functionFixture.ts';

const open = (clock: Clock, dataDir: string) => openRuntime({ dataDir, clock, services: [lambda] });

afterAll(removeFolders);

describe('asynchronous events', () => {
  /** Appends a line per attempt to a file, and fails until the file has `succeedAt` lines. */
  const attempts = esm(`import { appendFileSync, readFileSync } from 'node:fs';
    export const handler = async ({ file, succeedAt, hang }) => {
      appendFileSync(file, 'attempt\\n');
      const count = readFileSync(file, 'utf8').split('\\n').length - 1;
      if (hang && count === 1) return new Promise(() => { setInterval(() => {}, 1000) });
      if (count < succeedAt) throw new Error('not yet');
    }`);
  const minute = 60_000;
  const start = 1_750_000_000_000;

  let folder: string;
  let tries: string;
  const events = (here: Runtime) => [...here.world.store.table<{ failures: number }>('lambda.events').values()];
  const attempted = async () => (await readFile(tries, 'utf8').catch(() => '')).split('\n').length - 1;
  const until = async (holds: () => boolean | Promise<boolean>) => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  // Its own signature time differs from the runtime's: the SDK learns that from the first answer and tries again.
  const clientIn = (here: Runtime) => new LambdaClient(connect(here));
  const send = (here: Runtime, FunctionName: string, event: object) =>
    clientIn(here).send(
      new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify({ file: tries, ...event }) }),
    );
  const createIn = (here: Runtime, name: string, code: Uint8Array) => create(clientIn(here), name, code);

  beforeEach(async () => {
    folder = await temporaryFolder();
    tries = join(folder, 'tries');
  });

  test('are tried again after one and after two minutes, then dropped', async () => {
    const clock = testClock(start);
    await using here = await open(clock, folder);
    await createIn(here, 'flaky', attempts);
    expect((await send(here, 'flaky', { succeedAt: 9 })).StatusCode).toBe(202);
    await until(() => events(here)[0]?.failures === 1);
    await clock.advance(minute - 1);
    expect(await attempted()).toBe(1);
    await clock.advance(1);
    await until(() => events(here)[0]?.failures === 2);
    await clock.advance(2 * minute);
    await until(() => events(here).length === 0);
    expect(await attempted()).toBe(3);
  });

  test('end with success, or at the limit the function sets', async () => {
    const clock = testClock(start);
    await using here = await open(clock, folder);
    await createIn(here, 'flaky', attempts);
    await send(here, 'flaky', { succeedAt: 2 });
    await until(() => events(here)[0]?.failures === 1);
    await clock.advance(minute);
    await until(() => events(here).length === 0);
    expect(await attempted()).toBe(2);
    const limit = { FunctionName: 'flaky', MaximumRetryAttempts: 0 };
    await clientIn(here).send(new PutFunctionEventInvokeConfigCommand(limit));
    await send(here, 'flaky', { succeedAt: 9 });
    await until(() => events(here).length === 0);
    expect(await attempted()).toBe(3);
  });

  test('survive a restart: one that waits for its retry and one that was cut short', async () => {
    const before = await open(testClock(start), folder);
    await createIn(before, 'flaky', attempts);
    await send(before, 'flaky', { succeedAt: 3 });
    await until(() => events(before)[0]?.failures === 1);
    await before.close();

    await using after = await open(testClock(start + 2 * minute), folder);
    await until(() => events(after)[0]?.failures === 2);
    expect(await attempted()).toBe(2);
    await after.close();

    await rm(tries);
    const hanging = await open(testClock(start + 3 * minute), folder);
    await send(hanging, 'flaky', { hang: true, succeedAt: 2 });
    await until(async () => (await attempted()) === 1);
    await hanging.close();
    await using last = await open(testClock(start + 3 * minute), folder);
    await until(async () => (await attempted()) === 2);
    await until(() => events(last).length === 1);
  });
});
