import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { appendFile, mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../runtime/journal/store.ts';

interface Job {
  status: string;
  notes?: string | undefined;
}

describe('the store', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-store-'));
    path = join(folder, 'state.log');
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('keeps tables and their order over a restart', async () => {
    const store = await openStore(path);
    const jobs = store.table<Job>('sagemaker.trainingJobs');
    jobs.set('b', { status: 'InProgress' });
    jobs.set('a', { status: 'InProgress' });
    jobs.set('c', { status: 'Stopped' });
    jobs.set('b', { status: 'Completed' });
    expect([jobs.delete('c'), jobs.delete('c')]).toEqual([true, false]);
    store.table<number>('other').set('n', 7);
    await store.close();

    const again = await openStore(path);
    const kept = again.table<Job>('sagemaker.trainingJobs');
    expect([...kept.keys()]).toEqual(['b', 'a']);
    expect([...kept.values()]).toEqual([{ status: 'Completed' }, { status: 'InProgress' }]);
    expect([kept.size, kept.has('c'), again.table<number>('other').get('n')]).toEqual([2, false, 7]);
    await again.close();
  });

  test('answers at once what a restart would answer', async () => {
    const store = await openStore(path);
    const jobs = store.table<Job>('jobs');
    const job: Job = { status: 'InProgress', notes: undefined };
    jobs.set('a', job);
    job.status = 'Failed';
    expect(jobs.get('a')).toStrictEqual({ status: 'InProgress' });
    await store.close();
  });

  test('what was flushed is on disk while the store is still open', async () => {
    const store = await openStore(path);
    store.table<Job>('jobs').set('a', { status: 'Completed' });
    await store.flushed();
    expect(await readFile(path, 'utf8')).toContain('["jobs","a",{"status":"Completed"}]');
    await store.close();
  });

  test.each([1, 9, 20])('loses only the write that was cut off %i bytes before its end', async (bytes) => {
    const store = await openStore(path);
    store.table<Job>('jobs').set('a', { status: 'Completed' });
    store.table<Job>('jobs').set('b', { status: 'a longer status' });
    await store.close();
    await truncate(path, (await stat(path)).size - bytes);
    const again = await openStore(path);
    expect([...again.table('jobs').keys()]).toEqual(['a']);
    again.table<Job>('jobs').set('c', { status: 'Completed' });
    await again.close();
    const third = await openStore(path);
    expect([...third.table('jobs').keys()]).toEqual(['a', 'c']);
    await third.close();
  });

  test('garbage behind the last write is cut off', async () => {
    const store = await openStore(path);
    store.table<Job>('jobs').set('a', { status: 'Completed' });
    await store.close();
    await appendFile(path, Buffer.alloc(100, 0xff));
    const again = await openStore(path);
    expect(again.table('jobs').get('a')).toEqual({ status: 'Completed' });
    await again.close();
  });

  test('is rewritten when it is mostly history, and loses nothing written meanwhile', async () => {
    const store = await openStore(path);
    const jobs = store.table<Job>('jobs');
    const status = 'x'.repeat(10_000);
    for (let round = 0; round < 1000; round++) {
      jobs.set(`job-${round % 7}`, { status: `${status}${round}` });
      if (round % 100 === 0) await store.flushed();
    }
    await store.close();
    expect((await stat(path)).size).toBeLessThan(5_000_000);
    const again = await openStore(path);
    expect([...again.table<Job>('jobs').values()].map((job) => job.status.slice(10_000)).toSorted()).toEqual([
      '993',
      '994',
      '995',
      '996',
      '997',
      '998',
      '999',
    ]);
    await again.close();
  });
});
