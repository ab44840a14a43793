/** What the operations of CloudWatch share. */
import type { Table } from '../../journal/store.ts';
import type { Alarm } from './alarm.ts';
import type { AlarmHistory } from './alarmHistory.ts';
import type { AlarmRunner } from './alarmRunner.ts';
import { failure } from './errors.ts';
import type { MetricStore } from './metricStore.ts';

/** Table `cloudwatch.dashboards`, keyed by name. */
export interface Dashboard {
  name: string;
  /** JSON text, as given. */
  body: string;
  /** Epoch ms. */
  modified: number;
}

export interface CloudWatch {
  metrics: MetricStore;
  alarms: Table<Alarm>;
  dashboards: Table<Dashboard>;
  /** By ARN. */
  tags: Table<Record<string, string>>;
  history: AlarmHistory;
  runner: AlarmRunner;
}

/** The alarms of these names. Throws ResourceNotFound. */
export const alarmsNamed = ({ alarms }: CloudWatch, names: readonly string[]): Alarm[] =>
  names.map((name) => {
    const alarm = alarms.get(name);
    if (!alarm) throw failure('ResourceNotFound', `The alarm ${name} does not exist.`);
    return alarm;
  });
