/** The values of a metric within a stretch of time: what every statistic can be computed from, in bounded memory. */

export interface Distribution {
  sum: number;
  count: number;
  minimum: number;
  maximum: number;
  /** How often each value occurred. */
  values: Map<number, number>;
  /** True when values came as a statistic set: without the single values there are no percentiles. */
  opaque: boolean;
}

export const emptyDistribution = (): Distribution => ({
  sum: 0,
  count: 0,
  minimum: Infinity,
  maximum: -Infinity,
  values: new Map(),
  opaque: false,
});

/** From this many distinct values on, values are kept to two percent. */
const mostDistinct = 256;
const step = Math.log(1.02);

const coarse = (value: number): number =>
  value === 0 ? 0 : Math.sign(value) * Math.exp(Math.round(Math.log(Math.abs(value)) / step) * step);

const note = ({ values }: Distribution, value: number, count: number) => {
  const key = values.size >= mostDistinct && !values.has(value) ? coarse(value) : value;
  values.set(key, (values.get(key) ?? 0) + count);
};

/** Adds a value that occurred `count` times. */
export const add = (to: Distribution, value: number, count: number): void => {
  to.sum += value * count;
  to.count += count;
  to.minimum = Math.min(to.minimum, value);
  to.maximum = Math.max(to.maximum, value);
  note(to, value, count);
};

/** Adds all values of another one. */
export const merge = (to: Distribution, from: Distribution): void => {
  to.sum += from.sum;
  to.count += from.count;
  to.minimum = Math.min(to.minimum, from.minimum);
  to.maximum = Math.max(to.maximum, from.maximum);
  to.opaque ||= from.opaque;
  for (const [value, count] of from.values) note(to, value, count);
};

const percentile = ({ values, count, opaque, minimum, maximum }: Distribution, share: number): number | undefined => {
  if (minimum === maximum) return minimum;
  if (opaque) return undefined;
  let below = 0;
  for (const [value, times] of [...values].sort(([a], [b]) => a - b)) {
    below += times;
    if (below >= share * count) return Math.min(Math.max(value, minimum), maximum);
  }
  return maximum;
};

const statistics: Readonly<Record<string, (of: Distribution) => number>> = {
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
};

/** Which share of the values a percentile such as `p99.9` leaves below it; undefined for another statistic. */
export const shareOf = (statistic: string): number | undefined => {
  const [, digits] = /^p(\d{1,2}(?:\.\d{0,10})?|100)$/.exec(statistic) ?? [];
  return digits === undefined ? undefined : Number(digits) / 100;
};

/** A statistic by its name in the API, `Average` or `p99`; undefined where the values do not tell it. */
export const statisticOf = (of: Distribution, statistic: string): number | undefined => {
  const share = shareOf(statistic);
  return share === undefined ? statistics[statistic]?.(of) : percentile(of, share);
};
