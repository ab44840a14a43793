/** How an endpoint's traffic moves to a new model, and what sends it back. */
import * as z from 'zod';
import { durationSeconds } from './duration.ts';

/** Metrics are summed up by the minute, so that less would see little; ten steps of an hour are less than the day a deployment may take. */
const wait = durationSeconds({ min: 60, max: 3600 }).prefault('10m');

export const trafficSetting = z.union(
  [
    z.literal('all-at-once'),
    z.strictObject({ canary: z.strictObject({ percent: z.int().min(1).max(50).default(10), wait }) }),
    z.strictObject({ linear: z.strictObject({ step: z.int().min(10).max(50).default(20), wait }) }),
  ],
  {
    error:
      'all-at-once, { canary: { percent: 10, wait: 10m } } with 1 to 50 percent, or { linear: { step: 20, wait: 10m } } with steps of 10 to 50 percent; waits from 1m to 1h',
  },
);
export type Traffic = z.infer<typeof trafficSetting>;

export const alarmSettings = z.strictObject({
  /** As many 5xx answers of the new model within a minute send the traffic back. */
  serverErrors: z.union([z.int().min(1).max(1e6), z.literal('none')]).default(1),
  /** As many 4xx answers. */
  clientErrors: z.union([z.int().min(1).max(1e6), z.literal('none')]).default('none'),
  /** Milliseconds: so slow an average answer. */
  latency: z.union([z.int().min(1).max(60_000), z.literal('none')]).default(2000),
});
export type AlarmSettings = z.infer<typeof alarmSettings>;

/** Traffic that moves step by step. */
export type Steps = Exclude<Traffic, 'all-at-once'>;

/** Seconds from one look at the alarms, a tick, to the next: alarms stay as they are for a minute, and none may go off and back unseen. */
export const tickSeconds = 30;

const stepsOf = (traffic: Steps): { shares: number[]; wait: number } => {
  if ('canary' in traffic) return { shares: [traffic.canary.percent / 100, 1], wait: traffic.canary.wait };
  const { step, wait } = traffic.linear;
  return { shares: Array.from({ length: Math.ceil(100 / step) }, (_, i) => Math.min((i + 1) * step, 100) / 100), wait };
};

/**
 * The share of the requests, from 0 to 1, that a new model has from this tick on (0: the first), and whether it has had each share,
 * all of them at last, for as long as it is to be watched with it.
 */
export const shiftAt = (traffic: Steps, tick: number): { share: number; isOver: boolean } => {
  const { shares, wait } = stepsOf(traffic);
  const step = Math.floor(tick / Math.ceil(wait / tickSeconds));
  return { share: shares[step] ?? 1, isOver: step >= shares.length };
};

export interface AlarmRule {
  name: string;
  metric: 'Invocation5XXErrors' | 'Invocation4XXErrors' | 'ModelLatency';
  statistic: 'Sum' | 'Average';
  /** At least this, in the metric's own unit, is too much. */
  threshold: number;
}

const rules = [
  { setting: 'serverErrors', metric: 'Invocation5XXErrors', statistic: 'Sum', factor: 1 },
  { setting: 'clientErrors', metric: 'Invocation4XXErrors', statistic: 'Sum', factor: 1 },
  // CloudWatch counts ModelLatency in microseconds.
  { setting: 'latency', metric: 'ModelLatency', statistic: 'Average', factor: 1000 },
] as const;

/** The names of the alarms that the model of a run can have on an endpoint. */
export const alarmNamesOf = (endpoint: string, modelRun: string) =>
  rules.map(({ setting }) => `${endpoint}-${modelRun.slice(-16)}-${setting}`);

/** The alarms that watch the model of a run. */
export const alarmRulesOf = (endpoint: string, modelRun: string, settings: AlarmSettings): AlarmRule[] => {
  const names = alarmNamesOf(endpoint, modelRun);
  return rules.flatMap(({ setting, metric, statistic, factor }, i): AlarmRule[] => {
    const limit = settings[setting];
    return limit === 'none' ? [] : [{ name: names[i] ?? '', metric, statistic, threshold: limit * factor }];
  });
};
