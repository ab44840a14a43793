import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSegments, segmentOf, type Owners } from '../../../runtime/journal/segments.ts';

const kilobyte = 2 ** 10;

/** Records are `<owner> <text>`; what the owner of the segments does, in its simplest form. */
const openOwners = async (folder: string) => {
  const places = new Map<number, number[]>();
  const spans = new Map<number, number[]>();
  const wrong: unknown[] = [];
  const ownerIn = (record: Buffer) => Number(record.toString().split(' ', 1)[0]);
  const owners: Owners = {
    ownerOf: (record) => (places.has(ownerIn(record)) ? ownerIn(record) : undefined),
    moved(those, placeOf) {
      for (const owner of those) places.set(owner, (places.get(owner) ?? []).map(placeOf));
    },
    report: (error) => wrong.push(error),
  };
  const segments = await openSegments(folder, 'events', owners, { segment: 64 * kilobyte, garbage: 4 * kilobyte });
  const note = (owner: number, place: number, bytes: number) => {
    places.set(owner, [...(places.get(owner) ?? []), place]);
    spans.set(owner, [...(spans.get(owner) ?? []), segmentOf(place), bytes]);
  };
  for await (const { record, place, bytes } of segments.replay()) {
    // The first record of an owner says so; without it nothing is known of the others.
    if (!places.has(ownerIn(record)) && !record.includes('first')) continue;
    note(ownerIn(record), place, bytes);
    segments.claim(place, bytes);
  }
  return {
    segments,
    wrong,
    owners: () => [...places.keys()],
    segmentOf: (owner: number) => segmentOf(places.get(owner)?.[0] ?? 0),
    add(owner: number, text: string) {
      const place = segments.append(`${owner} ${text}`);
      note(owner, place, segments.end - place);
    },
    async release(owner: number) {
      const own = spans.get(owner) ?? [];
      const firstSegment = own[0] ?? 0;
      places.delete(owner);
      segments.release([firstSegment, 0, ...own]);
      await segments.tidied();
    },
    read: async (owner: number) =>
      Promise.all((places.get(owner) ?? []).map(async (place) => (await segments.read(place)).toString())),
  };
};

const long = (letter: string) => letter.repeat(8 * kilobyte);

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'segments-'))));
afterEach(() => rm(folder, { recursive: true }));
const files = async () => (await readdir(folder)).toSorted();

/** Owner 1 lives in the first segment and the last, 2 in all of them, 3 in the last. */
const threeSegments = async () => {
  const it = await openOwners(folder);
  it.add(1, 'first of the one that stays');
  it.add(2, 'first');
  for (let i = 0; i < 18; i++) {
    it.add(2, long('x'));
    await it.segments.flushed();
  }
  it.add(1, 'last of the one that stays');
  it.add(3, 'first and only');
  await it.segments.flushed();
  expect(await files()).toHaveLength(3);
  return it;
};
const stays = ['1 first of the one that stays', '1 last of the one that stays'];

test('space of what nobody owns is given back, and what stays is read as before', async () => {
  const it = await threeSegments();
  const before = it.segments.usage();
  expect(before.bytes).toBe(before.live);
  await it.release(2);
  expect(it.segments.usage().bytes).toBeLessThan(kilobyte);
  expect(await it.read(1)).toEqual(stays);
  expect(await it.read(3)).toEqual(['3 first and only']);
  it.add(1, 'and goes on');
  await it.segments.close();

  const again = await openOwners(folder);
  expect(again.owners()).toEqual([1, 3]);
  expect(await again.read(1)).toEqual([...stays, '1 and goes on']);
  expect(again.wrong).toEqual([]);
  await again.segments.close();
});

test('a segment whose last owner is released is deleted at once', async () => {
  const it = await openOwners(folder);
  for (let owner = 1; owner < 26; owner++) {
    it.add(owner, `first ${long('y')}`);
    await it.segments.flushed();
  }
  const [first] = await files();
  for (const owner of it.owners().filter((one) => it.segmentOf(one) === 1)) await it.release(owner);
  expect(await files()).not.toContain(first);
  expect(await it.read(25)).toEqual([`25 first ${long('y')}`]);
  await it.segments.close();
});

test('an end is not deleted before its beginning', async () => {
  const it = await openOwners(folder);
  it.add(1, 'first');
  const add = async (from: number, to: number) => {
    for (let owner = from; owner <= to; owner++) {
      it.add(owner, `first ${long('z')}`);
      await it.segments.flushed();
    }
  };
  await add(2, 12);
  it.add(1, 'end');
  await add(13, 34);
  const before = await files();
  expect(before.length).toBeGreaterThan(3);
  // The second segment holds nothing but garbage now, but the first still has the beginning of it.
  const inSegment = (number: number) => it.owners().filter((owner) => it.segmentOf(owner) === number);
  for (const owner of [1, ...inSegment(2)]) await it.release(owner);
  expect(await files()).toEqual(before);
  for (const owner of inSegment(1)) await it.release(owner);
  const left = await files();
  expect(before.filter((file) => left.includes(file))).toEqual(before.slice(2));
  await it.segments.close();
});

test('a file that was being written when the process ended is thrown away', async () => {
  const it = await openOwners(folder);
  it.add(1, 'first');
  await it.segments.close();
  await writeFile(join(folder, 'events-000001.log.new'), 'half of it');
  const again = await openOwners(folder);
  expect(await files()).toEqual(['events-000001.log']);
  expect(await again.read(1)).toEqual(['1 first']);
  await again.segments.close();
});
