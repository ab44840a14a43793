/** Metrics in CloudWatch's embedded metric format: a line of the log, so that measuring calls nothing and can fail nothing. */
import { environment } from './environment.ts';

/** Everything that is measured, with its unit as CloudWatch spells it. Namespace `Sluice`, dimension `Stack` and those given. */
export const metricUnits = {
  /** Runs that began. */
  RunsStarted: 'Count',
  /** By outcome. */
  RunsEnded: 'Count',
  /** Runs that ended FAILED or TIMED_OUT; 0 for every other that ended. */
  RunsFailed: 'Count',
  /** From a run's begin to its end. */
  RunSeconds: 'Seconds',
  /** What its jobs have cost, as far as prices are known. */
  RunCostUsd: 'None',
  RowsRead: 'Count',
  /** What the reaper has found, of every kind. */
  OrphansReaped: 'Count',
} as const;
export type Metric = keyof typeof metricUnits;

export const namespace = 'Sluice';

/** `by` are dimensions beside the stack; `found` is only written beside them, to find the line by: each costs nothing. */
export const measure = (
  values: Readonly<Partial<Record<Metric, number>>>,
  { by = {}, found = {} }: { by?: Readonly<Record<string, string>>; found?: Readonly<Record<string, string>> } = {},
): void => {
  if (process.env['POWERTOOLS_METRICS_DISABLED'] === 'true') return;
  const Metrics = Object.keys(values).map((name) => ({ Name: name, Unit: metricUnits[name as Metric] }));
  const line = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [['Stack', ...Object.keys(by)]], Metrics }],
    },
    Stack: environment('STACK'),
    ...found,
    ...by,
    ...values,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
