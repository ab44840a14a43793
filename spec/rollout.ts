/** How an endpoint's traffic moves to a new model, and what sends it back. */
import * as z from 'zod';
import { durationSeconds } from './duration.ts';

/** SageMaker watches alarms for at most an hour a step; they are looked at every minute, so that less would see little. */
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

/** The share of the requests, from 0 to 1, that a new model gets as long as it is tried beside the deployed one. */
export const shareOf = (traffic: Traffic): number => {
  if (traffic === 'all-at-once') return 0;
  return ('canary' in traffic ? traffic.canary.percent : traffic.linear.step) / 100;
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
