/** The memory of metrics is bounded by time and by size; the oldest goes first. */
import { rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openStore, type Store } from '../../../runtime/journal/store.ts';
import {
  openMetricStore,
  type MetricStore,
  type SavedSeries,
} from '../../../runtime/services/cloudwatch/metricStore.ts';

const minute = 60_000;
const day = 86_400_000;
const begin = Date.UTC(2026, 10, 21);
const name = { namespace: 'Shop', metric: 'Latency', dimensions: {} };

let folder: string;
let store: Store;
let metrics: MetricStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'metrics-'));
  store = await openStore(join(folder, 'state.log'));
  metrics = openMetricStore(store.table<SavedSeries>('cloudwatch.metrics'));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const minutesHeld = (now: number) =>
  [...metrics.points(name, undefined, 0, now, minute).keys()].toSorted((a, b) => a - b);

test('seven days', () => {
  for (let hour = 0; hour <= 8 * 24; hour += 1) {
    const now = begin + hour * 60 * minute;
    metrics.add({ ...name, value: 1 }, now);
  }
  const now = begin + 8 * day;
  const held = minutesHeld(now + minute);
  expect(held.at(-1)).toBe(now);
  expect(held[0]).toBeGreaterThanOrEqual(now - 7 * day - 60 * minute);
  expect(held.length).toBeGreaterThanOrEqual(7 * 24);
});

test('half a million values', () => {
  const perMinute = 200;
  const minutes = 4_000;
  for (let at = 0; at < minutes; at += 1)
    for (let value = 0; value < perMinute; value += 1) metrics.add({ ...name, value }, begin + at * minute);
  const held = minutesHeld(begin + minutes * minute);
  expect(held.length * (perMinute + 1)).toBeLessThanOrEqual(501_000);
  expect(held.length * (perMinute + 1)).toBeGreaterThan(400_000);
  // What is left is the youngest, without a gap.
  expect(held).toEqual(held.map((_, index) => begin + (minutes - held.length + index) * minute));
});

test('a value goes by its own time, not by when it came', () => {
  metrics.add({ ...name, value: 1, timestamp: begin - 3 * day }, begin);
  metrics.add({ ...name, value: 1, timestamp: begin + 60 * minute }, begin);
  metrics.add({ ...name, value: 1 }, begin + 5 * day);
  expect(minutesHeld(begin + 6 * day)).toEqual([begin + 60 * minute, begin + 5 * day]);
});
