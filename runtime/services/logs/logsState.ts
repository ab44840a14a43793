import * as z from 'zod';
import type { Table } from '../../journal/store.ts';
import { AwsError, type Need, type World } from '../../operation.ts';
import type { EventFiles } from './eventFiles.ts';

/** Table `logs.groups`, keyed by name; times are epoch ms. */
export interface LogGroup {
  name: string;
  creationTime: number;
  retentionInDays?: number;
  tags?: Record<string, string>;
}

/** Table `logs.streams`, keyed by `streamKey`. */
export interface LogStream {
  group: string;
  name: string;
  creationTime: number;
}

export interface LogsState {
  groups: Table<LogGroup>;
  streams: Table<LogStream>;
  files: EventFiles;
}

export const logGroupName = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[.\-_/#A-Za-z0-9]+$/);
export const logStreamName = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^:*]*$/);

/** No group name has a colon, so the key is read back without doubt. */
export const streamKey = (group: string, stream: string): string => `${group}:${stream}`;

export const groupArn = (world: World, group: string): string =>
  `arn:${world.partition}:logs:${world.region}:${world.accountId}:log-group:${group}`;

/** The ARN policies name a group by ends in `:*` (CloudWatch Logs user guide, "Resources and operations"). */
export const groupNeed =
  (action: string) =>
  (input: { logGroupName: string }, { world }: { world: World }): Need[] => [
    { action: `logs:${action}`, resource: `${groupArn(world, input.logGroupName)}:*` },
  ];

export const streamNeed =
  (action: string) =>
  (input: { logGroupName: string; logStreamName: string }, { world }: { world: World }): Need[] => [
    {
      action: `logs:${action}`,
      resource: `${groupArn(world, input.logGroupName)}:log-stream:${input.logStreamName}`,
    },
  ];

export const findGroup = (state: LogsState, name: string): LogGroup => {
  const group = state.groups.get(name);
  if (!group) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  return group;
};

export const findStream = (state: LogsState, group: string, stream: string): LogStream => {
  findGroup(state, group);
  const found = state.streams.get(streamKey(group, stream));
  if (!found) throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  return found;
};

export const streamsOf = (state: LogsState, group: string): LogStream[] =>
  [...state.streams.values()].filter((stream) => stream.group === group);

const dayMs = 86_400_000;

/** Events older than this are no longer shown at `now` (both epoch ms). */
export const oldestKept = (now: number, { retentionInDays }: LogGroup): number =>
  retentionInDays === undefined ? 0 : now - retentionInDays * dayMs;

export const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);
