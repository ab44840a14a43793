/** CloudWatch Logs: groups and streams in the store, events in files. */
import type { ServiceFactory } from '../../operation.ts';
import { createLogGroup } from './createLogGroup.ts';
import { createLogStream } from './createLogStream.ts';
import { deleteLogGroup } from './deleteLogGroup.ts';
import { describeLogGroups } from './describeLogGroups.ts';
import { describeLogStreams } from './describeLogStreams.ts';
import { openEventFiles } from './eventFiles.ts';
import { filterLogEvents } from './filterLogEvents.ts';
import { getLogEvents } from './getLogEvents.ts';
import type { LogGroup, LogsState, LogStream } from './logsState.ts';
import { putLogEvents } from './putLogEvents.ts';
import { putRetentionPolicy } from './putRetentionPolicy.ts';
import { keepRetention } from './retention.ts';

export const logs: ServiceFactory = (world) => {
  const state: LogsState = {
    groups: world.store.table<LogGroup>('logs.groups'),
    streams: world.store.table<LogStream>('logs.streams'),
    files: openEventFiles(world),
  };
  const retention = keepRetention(world, state);
  return {
    name: 'logs',
    protocol: 'awsJson1.1',
    state,
    operations: {
      CreateLogGroup: createLogGroup,
      CreateLogStream: createLogStream,
      DeleteLogGroup: deleteLogGroup,
      DescribeLogGroups: describeLogGroups,
      DescribeLogStreams: describeLogStreams,
      FilterLogEvents: filterLogEvents,
      GetLogEvents: getLogEvents,
      PutLogEvents: putLogEvents,
      PutRetentionPolicy: putRetentionPolicy,
    },
    start: () => retention.start(),
    stop: () => retention.stop(),
  };
};
