import { test, expect, describe, beforeEach } from '@jest/globals';
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLog, type Log } from '../../../runtime/journal/log.ts';
import { temporaryFolder } from '../../fixtures/temporaryFolder.ts';

const read = async (log: Log) => {
  const records: string[] = [];
  for await (const record of log.replay()) records.push(record.toString());
  return records;
};

describe('a log', () => {
  let path = '';
  beforeEach(() => {
    path = join(temporaryFolder(), 'events.log');
  });

  test('gives back what was appended, in order, after it is opened again', async () => {
    const log = await openLog(path);
    log.append('one');
    log.append(new Uint8Array([0xe2, 0x82, 0xac]));
    await log.flushed();
    log.append('x'.repeat(3_000_000));
    await log.close();
    const again = await openLog(path);
    expect((await read(again)).map((r) => r.slice(0, 5))).toEqual(['one', '€', 'xxxxx']);
    expect(again.torn).toBe(0);
    await again.close();
  });

  test.each([
    ['cut inside the payload', async () => truncate(path, 25)],
    ['followed by garbage', async () => appendFile(path, Buffer.alloc(40, 0xff))],
    [
      'followed by zeros a file system left',
      async () => appendFile(path, Buffer.from([3, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0])),
    ],
  ])('%s loses only the unfinished record and goes on', async (name, harm) => {
    const log = await openLog(path);
    for (const record of ['first', 'second']) log.append(record);
    await log.close();
    await harm();
    const again = await openLog(path);
    expect(again.torn).toBeGreaterThan(0);
    again.append('third');
    await again.close();
    const last = await openLog(path);
    expect(await read(last)).toEqual(name.startsWith('cut') ? ['first', 'third'] : ['first', 'second', 'third']);
    expect((await readFile(`${path}.torn`)).length).toBe(again.torn);
    await last.close();
  });

  test('a flipped bit in the middle hides what follows instead of giving back something wrong', async () => {
    const log = await openLog(path);
    for (const record of ['first', 'second', 'third']) log.append(record);
    await log.close();
    const bytes = await readFile(path);
    bytes[8 + 5 + 8] = (bytes[8 + 5 + 8] ?? 0) ^ 1;
    await writeFile(path, bytes);
    const again = await openLog(path);
    expect(await read(again)).toEqual(['first']);
    await again.close();
  });

  test('is replaced as a whole, keeping what is appended meanwhile', async () => {
    const log = await openLog(path);
    for (let i = 0; i < 1000; i++) log.append(`old ${i}`);
    const rewritten = log.rewrite(() => ['all of the old']);
    log.append('before the snapshot is taken, so part of it');
    await rewritten;
    log.append('new');
    const size = log.size;
    await log.close();
    const again = await openLog(path);
    expect((await read(again)).filter((r) => !r.startsWith('before'))).toEqual(['all of the old', 'new']);
    expect(again.size).toBe(size);
    await again.close();
  });

  test('many writers share a sync', async () => {
    const log = await openLog(path);
    await Promise.all(
      Array.from({ length: 2000 }, async (_, i) => {
        log.append(String(i));
        await log.flushed();
      }),
    );
    expect(await read(log)).toHaveLength(2000);
    await log.close();
  });

  test('gives back a single record by the place it was appended at', async () => {
    const log = await openLog(path);
    const places = ['one', 'two', 'three'].map((record) => log.append(record));
    expect((await log.read(places[1] ?? 0)).toString()).toBe('two');
    await log.close();
    const again = await openLog(path);
    const found: number[] = [];
    for await (const { place } of again.places()) found.push(place);
    expect(found).toEqual(places);
    expect((await again.read(places[2] ?? 0)).toString()).toBe('three');
    await expect(again.read(5)).rejects.toThrow(/no whole record/);
    await again.close();
  });

  test('promises nothing after a failed write', async () => {
    const log = await openLog(path);
    await log.close();
    log.append('to a closed file');
    await expect(log.flushed()).rejects.toThrow(/can no longer be written/);
    expect(() => log.append('more')).toThrow(/can no longer be written/);
  });
});
