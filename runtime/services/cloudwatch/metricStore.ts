/**
 * The values of all metrics, in memory, in buckets of one minute or, for metrics sent with a resolution of one second, of one second. Kept
 * are seven days, the longest range an alarm may look at, and of those no more than `mostValues` values: the oldest
 * go first. A runtime that stops in good order finds the last day again; after a crash metrics begin anew.
 */
import type { Table } from '../../journal/store.ts';
import type { Measurement } from '../../operation.ts';
import { add, emptyDistribution, merge, type Distribution } from './distribution.ts';

export interface MetricName {
  namespace: string;
  metric: string;
  dimensions: Readonly<Record<string, string>>;
}

export interface StatisticSet {
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
}

interface Series extends MetricName {
  /** By unit, then by the bucket's start (epoch ms). */
  units: Map<string, Map<number, Distribution>>;
  /** Start of the youngest bucket, epoch ms. */
  last: number;
}

/** A series as the journal keeps it over a stop. */
export interface SavedSeries extends MetricName {
  buckets: [unit: string, start: number, Omit<Distribution, 'values'>, [number, number][]][];
}

export interface MetricStore {
  /** Adds a value; `fine` keeps it to the second. */
  add(measurement: Measurement, now: number, fine?: boolean): void;
  addSet(name: MetricName, set: StatisticSet, unit: string, at: number, now: number, fine?: boolean): void;
  /** Values from `start` to `end` (epoch ms), by the start of their period of `period` ms; of every unit unless one is given. */
  points(
    name: MetricName,
    unit: string | undefined,
    start: number,
    end: number,
    period: number,
  ): Map<number, Distribution>;
  /** Every metric there is, with the start of its youngest bucket. */
  list(): Iterable<MetricName & { last: number }>;
  save(now: number): void;
  restore(now: number): void;
}

const minute = 60_000;
const day = 86_400_000;
const keptFor = 7 * day;
const sweepEvery = 3_600_000;
const mostValues = 500_000;
/** Room made at once, so that making room is rare. */
const roomFor = mostValues / 10;

const keyOf = ({ namespace, metric, dimensions }: MetricName): string => {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, metric, sorted]);
};

export const openMetricStore = (saved: Table<SavedSeries>): MetricStore => {
  const all = new Map<string, Series>();
  let held = 0;
  let swept = 0;

  const makeRoom = (before: number) => {
    for (const [key, series] of all) {
      for (const [unit, buckets] of series.units) {
        for (const [start, { values }] of buckets) {
          if (start >= before) continue;
          buckets.delete(start);
          held -= values.size + 1;
        }
        if (buckets.size === 0) series.units.delete(unit);
      }
      if (series.units.size === 0) all.delete(key);
    }
  };
  const makeRoomFor = (now: number) => {
    swept = now;
    makeRoom(now - keptFor);
    if (held <= mostValues) return;
    const sizes = [...all.values()]
      .flatMap(({ units }) => [...units.values()].flatMap((buckets) => [...buckets]))
      .map(([start, { values }]) => [start, values.size + 1] as const)
      .sort(([a], [b]) => a - b);
    let left = held;
    const cut = sizes.find(([, size]) => (left -= size) <= mostValues - roomFor);
    makeRoom((cut?.[0] ?? now) + 1);
  };

  const tidy = (now: number) => {
    if (held > mostValues || now - swept > sweepEvery) makeRoomFor(now);
  };

  const bucketAt = (name: MetricName, unit: string, at: number, fine: boolean): Distribution => {
    const key = keyOf(name);
    const { namespace, metric, dimensions } = name;
    let series = all.get(key);
    if (!series) all.set(key, (series = { namespace, metric, dimensions, units: new Map(), last: 0 }));
    let buckets = series.units.get(unit);
    if (!buckets) series.units.set(unit, (buckets = new Map()));
    const size = fine ? 1_000 : minute;
    const start = Math.floor(at / size) * size;
    series.last = Math.max(series.last, start);
    let bucket = buckets.get(start);
    if (!bucket) {
      buckets.set(start, (bucket = emptyDistribution()));
      held += 1;
    }
    return bucket;
  };

  return {
    add(measurement, now, fine = false) {
      const { value, count = 1, unit = 'None', timestamp = now } = measurement;
      tidy(now);
      const bucket = bucketAt(measurement, unit, timestamp, fine);
      const before = bucket.values.size;
      add(bucket, value, count);
      held += bucket.values.size - before;
    },
    addSet(name, { count, sum, minimum, maximum }, unit, at, now, fine = false) {
      tidy(now);
      merge(bucketAt(name, unit, at, fine), { sum, count, minimum, maximum, values: new Map(), opaque: true });
    },
    points(name, unit, start, end, period) {
      const found = new Map<number, Distribution>();
      for (const [kept, buckets] of all.get(keyOf(name))?.units ?? []) {
        if (unit !== undefined && kept !== unit) continue;
        for (const [at, bucket] of buckets) {
          if (at < start || at >= end) continue;
          const slot = start + Math.floor((at - start) / period) * period;
          let point = found.get(slot);
          if (!point) found.set(slot, (point = emptyDistribution()));
          merge(point, bucket);
        }
      }
      return found;
    },
    list: () => all.values(),
    save(now) {
      for (const [key, { namespace, metric, dimensions, units }] of all) {
        const buckets = [...units].flatMap(([unit, ofUnit]) =>
          [...ofUnit]
            .filter(([start]) => start >= now - day)
            .map(([start, { values, ...facts }]): SavedSeries['buckets'][number] => [unit, start, facts, [...values]]),
        );
        if (buckets.length > 0) saved.set(key, { namespace, metric, dimensions, buckets });
      }
    },
    restore(now) {
      for (const [key, { buckets, ...name }] of [...saved.keys()].map((key) => [key, saved.get(key)!] as const)) {
        for (const [unit, start, facts, values] of buckets) {
          if (start < now - keptFor) continue;
          const fine = start % minute !== 0;
          merge(bucketAt(name, unit, start, fine), { ...facts, values: new Map(values) });
          held += values.length;
        }
        saved.delete(key);
      }
    },
  };
};
