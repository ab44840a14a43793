/**
 * CloudWatch: metrics in memory, alarms and dashboards in the store. Its signature's scope is `monitoring`, its actions
 * are `cloudwatch:…`. Other services hand their measurements to `world.measure`.
 */
import type { Service, ServiceFactory } from '../../operation.ts';
import type { Alarm } from './alarm.ts';
import { openAlarmHistory, type HistoryItem } from './alarmHistory.ts';
import { alarmRunner } from './alarmRunner.ts';
import type { CloudWatch, Dashboard } from './cloudwatchState.ts';
import { deleteAlarms } from './deleteAlarms.ts';
import { deleteDashboards } from './deleteDashboards.ts';
import { describeAlarmHistory } from './describeAlarmHistory.ts';
import { describeAlarms } from './describeAlarms.ts';
import { disableAlarmActions } from './disableAlarmActions.ts';
import { enableAlarmActions } from './enableAlarmActions.ts';
import { getDashboard } from './getDashboard.ts';
import { getMetricData } from './getMetricData.ts';
import { getMetricStatistics } from './getMetricStatistics.ts';
import { listDashboards } from './listDashboards.ts';
import { listMetrics } from './listMetrics.ts';
import { listTagsForResource } from './listTagsForResource.ts';
import { openMetricStore, type SavedSeries } from './metricStore.ts';
import { putDashboard } from './putDashboard.ts';
import { putMetricAlarm } from './putMetricAlarm.ts';
import { putMetricData } from './putMetricData.ts';
import { setAlarmState } from './setAlarmState.ts';
import { tagResource } from './tagResource.ts';
import { untagResource } from './untagResource.ts';

const operations = {
  DeleteAlarms: deleteAlarms,
  DeleteDashboards: deleteDashboards,
  DescribeAlarmHistory: describeAlarmHistory,
  DescribeAlarms: describeAlarms,
  DisableAlarmActions: disableAlarmActions,
  EnableAlarmActions: enableAlarmActions,
  GetDashboard: getDashboard,
  GetMetricData: getMetricData,
  GetMetricStatistics: getMetricStatistics,
  ListDashboards: listDashboards,
  ListMetrics: listMetrics,
  ListTagsForResource: listTagsForResource,
  PutDashboard: putDashboard,
  PutMetricAlarm: putMetricAlarm,
  PutMetricData: putMetricData,
  SetAlarmState: setAlarmState,
  TagResource: tagResource,
  UntagResource: untagResource,
};

export const cloudwatch: ServiceFactory = (world): Service<CloudWatch> => {
  const { store, clock } = world;
  const alarms = store.table<Alarm>('cloudwatch.alarms');
  const metrics = openMetricStore(store.table<SavedSeries>('cloudwatch.metrics'));
  const history = openAlarmHistory(world, store.table<HistoryItem>('cloudwatch.history'));
  const runner = alarmRunner(world, alarms, metrics, history);
  metrics.restore(clock.now());
  return {
    name: 'monitoring',
    protocol: 'awsJson1.0',
    operations,
    state: {
      metrics,
      alarms,
      dashboards: store.table<Dashboard>('cloudwatch.dashboards'),
      tags: store.table<Record<string, string>>('cloudwatch.tags'),
      history,
      runner,
    },
    measured(measurements) {
      for (const measurement of measurements) metrics.add(measurement, clock.now(), measurement.resolution === 1);
      runner.touch();
    },
    start: () => runner.start(),
    async stop() {
      await runner.stop();
      metrics.save(clock.now());
    },
  };
};
