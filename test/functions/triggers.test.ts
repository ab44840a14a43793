/** What starts a run, and what becomes of a drop that comes while another one is under way. */
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { keys } from '../../spec/names.ts';
import { eventOf, openEventWorld, runOf, type EventWorld, type Made } from './eventWorld.ts';
import { bucket, context } from './functionWorld.ts';

let world: EventWorld;
let objectsOf: typeof import('../../functions/lib/drop.ts').objectsOf;
beforeAll(async () => {
  world = await openEventWorld();
  ({ objectsOf } = await import('../../functions/lib/drop.ts'));
  await world.clients.s3().send(
    new (await import('@aws-sdk/client-s3')).PutBucketVersioningCommand({
      Bucket: bucket,
      VersioningConfiguration: { Status: 'Enabled' },
    }),
  );
});
afterAll(() => world.close());

let number = 0;
const made = (pipeline: string, file = 'data.csv'): Made => {
  number += 1;
  return { key: `drop/${pipeline}/${file}`, versionId: `v${number}`, number };
};
const drop = (it: Made) => world.deliver(eventOf(it));
const recordOf = (it: Made) => world.ledger.getRun(runOf(it));
const outcomeOf = async (it: Made) => (await recordOf(it))?.outcome;

const hear = async (atLeast = 1) => {
  for (let heard = 0; heard < atLeast;)
    for (const event of await world.ends()) {
      await world.hear(event);
      heard += 1;
    }
};
/** Stops a run's execution and hears of it. */
const end = async (it: Made) => {
  await world.stop(runOf(it));
  await hear();
};
const executionsOf = async (pipeline: string) => {
  const { executions = [] } = await world.sfn.send(
    new ListExecutionsCommand({ stateMachineArn: process.env['TRAIN_MACHINE_ARN'], maxResults: 1000 }),
  );
  return executions.filter(({ name }) => name?.startsWith(`${pipeline}-`)).map(({ name, status }) => [name, status]);
};

describe('queue, the default', () => {
  test('one run at a time, in the order in which the objects were made, whatever was heard of first', async () => {
    const name = 'lasting-queue';
    const [a, b, c, d] = [made(name), made(name), made(name, 'other.csv'), made(name)];
    expect(await drop(a)).toEqual({ runId: runOf(a), started: true });
    for (const it of [d, c, b]) expect(await drop(it)).toEqual({ runId: runOf(it), started: false, queued: true });
    expect(await drop(c)).toMatchObject({ queued: true });
    for (const [over, next] of [
      [a, b],
      [b, c],
      [c, d],
    ] as const) {
      expect(await outcomeOf(next)).toBe('QUEUED');
      await end(over);
      expect(await outcomeOf(next)).toBe('RUNNING');
    }
    expect(await drop(a)).toEqual({ runId: runOf(a), started: false });
    await end(d);
    expect(await world.ledger.getSlot(name)).toBeUndefined();
    expect(await executionsOf(name)).toHaveLength(4);
  });

  test('a version that is heard of when a newer one of its object has begun is not run, and says so', async () => {
    const [older, newer] = [made('lasting-late'), made('lasting-late')];
    await drop(newer);
    expect(await drop(older)).toMatchObject({ queued: true });
    await end(newer);
    expect(await recordOf(older)).toMatchObject({
      outcome: 'SKIPPED',
      gaveWayTo: runOf(newer),
      summary: `Not run: a newer version of ${older.key} has begun before, in the run ${runOf(newer)}.`,
    });
    expect(await drop(older)).toMatchObject({ started: false, skipped: expect.stringContaining('newer version') });
    expect(await world.ledger.getSlot('lasting-late')).toBeUndefined();
  });

  test('a run that waits can be stopped, and never begins', async () => {
    const { handler } = await import('../../functions/api/stopRun.ts');
    const stopRun = (id: string) =>
      handler({ pathParameters: { id }, headers: {} } as unknown as APIGatewayProxyEventV2, context);
    const [a, b, c] = [made('lasting-stop'), made('lasting-stop'), made('lasting-stop')];
    for (const it of [a, b, c]) await drop(it);
    expect(await stopRun(runOf(b))).toMatchObject({ statusCode: 202 });
    expect(await stopRun(runOf(b))).toMatchObject({ statusCode: 409 });
    expect(await recordOf(b)).toMatchObject({ outcome: 'STOPPED', summary: 'Stopped on request while it waited.' });
    await end(a);
    expect(await outcomeOf(c)).toBe('RUNNING');
    await end(c);
    expect((await executionsOf('lasting-stop')).map(([id]) => id)).not.toContain(runOf(b));
  });

  test('a run that was stopped is run again, on the versions that it had pinned, once however often it is asked for', async () => {
    const { handler } = await import('../../functions/api/retryRun.ts');
    const retry = async (id: string) => {
      const asked = { pathParameters: { id }, headers: {} } as unknown as APIGatewayProxyEventV2;
      const { statusCode, body = '' } = await handler(asked, context);
      return { statusCode, ...(JSON.parse(body) as { runId: string; started: boolean; detail: string }) };
    };
    const a = made('lasting-again');
    const id = runOf(a);
    expect(await retry(id)).toMatchObject({ statusCode: 404 });
    await drop(a);
    expect(await retry(id)).toMatchObject({ statusCode: 409, detail: expect.stringContaining('RUNNING') });
    const pins = JSON.stringify([{ key: 'drop/lasting-again/one.csv', versionId: 'first' }]);
    await world.put(keys.drop(id), pins);
    await end(a);
    const { runId, ...answer } = await retry(id);
    expect(answer).toEqual({ statusCode: 202, started: true });
    expect(await retry(id)).toMatchObject({ runId, started: false });
    expect(await world.get(keys.drop(runId))).toBe(pins);
    const { source } = (await recordOf(a)) ?? {};
    expect(await world.ledger.getRun(runId)).toMatchObject({
      outcome: 'RUNNING',
      source,
      idempotencyKey: `retry of ${id}`,
    });
    expect(new Set((await executionsOf('lasting-again')).map(([name]) => name))).toEqual(new Set([id, runId]));
    expect(await executionsOf('lasting-again')).toHaveLength(2);
    await world.ledger.endRun(runId, 'REGISTERED', 'Passed.');
    expect(await retry(runId)).toMatchObject({ statusCode: 409, detail: expect.stringContaining('REGISTERED') });
  });

  test('a pipeline file that is not valid keeps nobody from running: the run tells what is wrong', async () => {
    await world.apply('lasting-invalid', 'trigger: { policy: whenever }');
    expect(await drop(made('lasting-invalid'))).toMatchObject({ started: true });
    expect(await drop(made('lasting-invalid'))).toMatchObject({ queued: true });
  });

  test('of two that find the slot free one gets it, and frees only its own', async () => {
    const { takeSlot, release } = world.ledger;
    const both = ['0', '1'].map((digit) => {
      const runId = `slot-${digit.repeat(16)}`;
      const request = { pipeline: 'slot', source: { bucket, key: 'drop/slot/a.csv' }, trigger: 's3' as const, runId };
      return { request, place: digit };
    });
    const taken = await Promise.all(both.map(takeSlot));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const freed = await Promise.all(both.map(({ request: { runId } }) => release('slot', runId)));
    expect(freed).toEqual(taken);
  });

  test('an end that nobody heard holds up the next run until the sweep asks whether the active one is over', async () => {
    const [a, b] = [made('lasting-missed'), made('lasting-missed')];
    await drop(a);
    await drop(b);
    await world.stop(runOf(a));
    while ((await world.ends()).length === 0);
    await world.startNext('lasting-missed');
    expect(await outcomeOf(b)).toBe('QUEUED');
    await world.startNext('lasting-missed', { thorough: true });
    expect(await outcomeOf(b)).toBe('RUNNING');
    // The end of the first, heard at last, does not free the slot of the second.
    await world.hear({ detail: { name: runOf(a), status: 'ABORTED' } });
    expect((await world.ledger.getSlot('lasting-missed'))?.request.runId).toBe(runOf(b));
  });
});

test('skip: what comes while a run is active is recorded and not run', async () => {
  const name = 'lasting-skip';
  await world.apply(name, 'trigger: { policy: skip }');
  const [a, b, c] = [made(name), made(name), made(name)];
  expect(await drop(a)).toMatchObject({ started: true });
  expect(await drop(b)).toMatchObject({ started: false, skipped: expect.stringContaining(runOf(a)) });
  expect(await recordOf(b)).toMatchObject({ outcome: 'SKIPPED', gaveWayTo: runOf(a) });
  await end(a);
  expect(await drop(b)).toMatchObject({ started: false, skipped: expect.stringContaining(runOf(a)) });
  expect(await drop(c)).toMatchObject({ started: true });
  await end(c);
  expect(await world.ledger.getSlot(name)).toBeUndefined();
});

test('replace: the newest stops the active run and runs; an older one that comes late replaces nothing', async () => {
  const name = 'lasting-replace';
  await world.apply(name, 'trigger: { policy: replace }');
  const [a, late, b, c] = [made(name), made(name), made(name), made(name, 'other.csv')];
  await drop(a);
  expect(await drop(b)).toMatchObject({ queued: true });
  // The first is stopped, and its end not heard yet.
  expect(await drop(c)).toMatchObject({ queued: true });
  expect(await recordOf(b)).toMatchObject({ outcome: 'SKIPPED', gaveWayTo: runOf(c) });
  await hear();
  expect(await recordOf(a)).toMatchObject({
    outcome: 'STOPPED',
    summary: expect.stringMatching(/^RunReplaced: Replaced by the run lasting-replace-/),
  });
  expect(await outcomeOf(c)).toBe('RUNNING');
  expect(await drop(late)).toMatchObject({ skipped: expect.stringContaining('is active and newer') });
  expect(await outcomeOf(c)).toBe('RUNNING');
  await end(c);
  expect(await executionsOf(name)).toEqual([
    [runOf(c), 'ABORTED'],
    [runOf(a), 'ABORTED'],
  ]);
});

test('parallel: everything runs at once, each version once', async () => {
  const name = 'lasting-parallel';
  await world.apply(name, 'trigger: { policy: parallel }');
  const all = [made(name), made(name), made(name)];
  const answers = await Promise.all([...all, ...all].toReversed().map(drop));
  expect(answers.filter(({ started }) => started)).toHaveLength(3);
  const running = await executionsOf(name);
  expect(running).toHaveLength(3);
  expect(running).toEqual(expect.arrayContaining(all.map((it) => [runOf(it), 'RUNNING'])));
  expect(await world.ledger.getSlot(name)).toBeUndefined();
});

describe('keys', () => {
  const long = `drop/lasting-keys/${'ü'.repeat(501)}.csv`;
  test.each([
    ['spaces', 'drop/lasting-keys/my file.csv'],
    ['a plus and percent signs, which EventBridge does not encode', 'drop/lasting-keys/a+b%20c%.csv'],
    ['other scripts', 'drop/lasting-keys/данные 数据 🚗.csv'],
    ['1,024 bytes', long],
    ['folders', 'drop/lasting-keys/2026/11/21/data.csv'],
  ])('%s are taken as they are', async (_, key) => {
    expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024);
    number += 1;
    const it = { key, versionId: `v${number}`, number };
    expect(await drop(it)).toMatchObject({ runId: runOf(it) });
    expect((await recordOf(it))?.source).toEqual({ bucket, key, versionId: it.versionId });
  });

  test.each([
    ['drop/lasting-keys/../other/data.csv', /\.\./],
    ['drop/lasting-keys/./data.csv', /\.\./],
    ['drop/lasting-keys/', /folder/],
    ['drop/lasting-keys/2026/', /folder/],
    ['drop/data.csv', /drop\/<pipeline>\/<file>/],
    ['drop/Not A Pipeline/data.csv', /drop\/<pipeline>\/<file>/],
    ['runs/lasting-keys/data.csv', /drop\/<pipeline>\/<file>/],
    ['drop/lasting-keys/_temporary/0/part-0.csv', /not data/],
    ['drop/lasting-keys/.part-0.csv.crc', /not data/],
    ['drop/lasting-keys/set/_SUCCESS', /start on: object/],
  ])('%s starts nothing, and the log says why', async (key, why) => {
    expect(await drop({ key, versionId: 'v', number })).toEqual({
      started: false,
      ignored: expect.stringMatching(why),
    });
  });

  test('an event of another bucket starts nothing', async () => {
    const event = eventOf(made('lasting-keys'));
    event.detail.bucket.name = 'somebody-elses';
    expect(await world.deliver(event)).toMatchObject({
      started: false,
      ignored: expect.stringMatching(/another bucket/),
    });
  });

  test('what is logged about an event carries the ids of its run', async () => {
    const { logger } = await import('../../functions/lib/define.ts');
    const keys = jest.spyOn(logger, 'appendKeys');
    const it = made('lasting-logged');
    await world.apply('lasting-logged', 'trigger: { policy: parallel }');
    await drop(it);
    expect(keys).toHaveBeenCalledWith({ runId: runOf(it), pipeline: 'lasting-logged' });
    keys.mockRestore();
  });

  test('an event of a deletion is refused', async () => {
    const event = { ...eventOf(made('lasting-keys')), 'detail-type': 'Object Deleted' };
    await expect(world.deliver(event)).rejects.toMatchObject({ name: 'InputError' });
  });
});

describe('sets', () => {
  const put = async (Key: string, Body: string): Promise<Made> => {
    const { VersionId = '' } = await world.clients
      .s3()
      .send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentLength: Buffer.byteLength(Body) }));
    number += 1;
    return { key: Key, versionId: VersionId, number };
  };
  const contentOf = async (it: Made) => {
    const run = await recordOf(it);
    if (!run) throw new Error('no run');
    const texts: string[] = [];
    for (const object of await objectsOf(run))
      for await (const bytes of await object.open()) texts.push(`${object.name}: ${Buffer.from(bytes).toString()}`);
    return texts;
  };

  test('closed by _SUCCESS: one run of all objects, as they were then; closed again, another run', async () => {
    const name = 'lasting-set';
    await world.apply(name, 'trigger: { on: success, policy: parallel }');
    const folder = `drop/${name}/2026-11-21/`;
    const parts = [await put(`${folder}b.csv`, 'b1'), await put(`${folder}a.csv`, 'a1')];
    await put(`${folder}_committed`, 'no data');
    await put(`${folder}_temporary/c.csv`, 'no data');
    await put(`${folder}empty.csv`, '');
    for (const part of parts) expect(await drop(part)).toMatchObject({ started: false });
    const first = await put(`${folder}_SUCCESS`, '');
    expect(await drop(first)).toMatchObject({ started: true });
    await put(`${folder}a.csv`, 'a2');
    await put(`${folder}late.csv`, 'late');
    expect(await drop(first)).toMatchObject({ started: false });
    const second = await put(`${folder}_SUCCESS`, '');
    expect(await drop(second)).toMatchObject({ started: true });
    expect(await contentOf(first)).toEqual(['a.csv: a1', 'b.csv: b1']);
    expect(await contentOf(second)).toEqual(['a.csv: a2', 'b.csv: b1', 'late.csv: late']);
  });

  test('closed by a manifest: one run of what it names, in its order', async () => {
    const name = 'lasting-manifest';
    await world.apply(name, 'trigger: { on: manifest, policy: parallel }');
    const folder = `drop/${name}/`;
    const part = await put(`${folder}a.csv`, 'a1');
    await put(`${folder}z.csv`, 'z1');
    expect(await drop(part)).toMatchObject({ started: false });
    expect(await drop(await put(`${folder}_SUCCESS`, ''))).toMatchObject({ started: false });
    const closed = await put(
      `${folder}all.manifest`,
      JSON.stringify([{ prefix: `s3://${bucket}/${folder}` }, 'z.csv', 'a.csv']),
    );
    expect(await drop(closed)).toMatchObject({ started: true });
    await put(`${folder}a.csv`, 'a2');
    expect(await contentOf(closed)).toEqual(['z.csv: z1', 'a.csv: a1']);
  });

  test.each([
    ['is no JSON', 'z.csv, a.csv', /manifest cannot be read/],
    ['names what lies elsewhere', '[{ "prefix": "s3://elsewhere/" }, "a.csv"]', /names s3:\/\/elsewhere\/a.csv/],
  ])('a manifest that %s starts a run, which says so', async (_, text, complaint) => {
    const closed = await put('drop/lasting-odd/all.manifest', text);
    expect(await drop(closed)).toHaveProperty('runId');
    await expect(contentOf(closed)).rejects.toThrow(complaint);
  });

  test('a set of which nothing was written down when it was closed is not read as it is now', async () => {
    const folder = 'drop/lasting-odd/';
    await put(`${folder}b.csv`, 'b1');
    const { key, versionId } = await put(
      `${folder}unread.manifest`,
      `[{ "prefix": "s3://${bucket}/${folder}" }, "b.csv"]`,
    );
    const source = { bucket, key, versionId };
    await expect(objectsOf({ runId: 'lasting-odd-0123456789abcdef', source })).rejects.toThrow(
      /set could not be read when it was closed/,
    );
  });

  test('an object of a set, or a dropped version, that is deleted meanwhile is told by the run', async () => {
    const closed = await put(
      'drop/lasting-odd/gone.manifest',
      `[{ "prefix": "s3://${bucket}/drop/lasting-odd/" }, "never-there.csv"]`,
    );
    await drop(closed);
    await expect(contentOf(closed)).rejects.toThrow(/file is not there any more/);
    // What has come since the set was closed has no version of then.
    await put('drop/lasting-odd/never-there.csv', 'late');
    await expect(contentOf(closed)).rejects.toThrow(/file is not there any more/);
    const gone = { ...(await put('drop/lasting-odd/a.csv', 'a')), versionId: 'deleted' };
    await drop(gone);
    await expect(contentOf(gone)).rejects.toThrow(/file is not there any more/);
  });
});
