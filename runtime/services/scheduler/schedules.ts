/** Schedules and groups as the tables keep them, and how operations find them. */
import type { Table } from '../../journal/store.ts';
import { AwsError, type Need, type World } from '../../operation.ts';
import type { Answered } from './tokens.ts';
import type { ScheduleInput, Target } from './grammar.ts';
import type { Timetable } from './timetable.ts';

export interface Group {
  Name: string;
  Arn: string;
  State: 'ACTIVE';
  /** Epoch seconds. */
  CreationDate: number;
  LastModificationDate: number;
  tags: Record<string, string>;
}

/** A tick that has not come yet, epoch ms. */
export interface Tick {
  /** What the expression says. */
  scheduled: number;
  /** When the target is called: later than that within a flexible time window. */
  due: number;
}

/** What the caller gave, with the defaults that GetSchedule shows. */
export interface Schedule extends Required<
  Pick<ScheduleInput, 'Name' | 'GroupName' | 'ScheduleExpression' | 'FlexibleTimeWindow' | 'State'>
> {
  Arn: string;
  ScheduleExpressionTimezone: string;
  ActionAfterCompletion: 'NONE' | 'DELETE';
  Description?: string;
  /** Epoch seconds. */
  StartDate?: number;
  EndDate?: number;
  CreationDate: number;
  LastModificationDate: number;
  Target: Target & { RetryPolicy: { MaximumEventAgeInSeconds: number; MaximumRetryAttempts: number } };
  next?: Tick;
}

export interface SchedulerState {
  groups: Table<Group>;
  /** By `<group>/<name>`. */
  schedules: Table<Schedule>;
  tokens: Table<Answered>;
  timetable: Timetable;
}

type Here = Pick<World, 'partition' | 'region' | 'accountId'>;

export const groupArn = ({ partition, region, accountId }: Here, group: string): string =>
  `arn:${partition}:scheduler:${region}:${accountId}:schedule-group/${group}`;

export const scheduleArn = ({ partition, region, accountId }: Here, group: string, name: string): string =>
  `arn:${partition}:scheduler:${region}:${accountId}:schedule/${group}/${name}`;

/** The group every account has. */
export const defaultGroup = 'default';

export const keyOf = ({ GroupName = defaultGroup, Name }: { GroupName?: string | undefined; Name: string }): string =>
  `${GroupName}/${Name}`;

/** One permission on a schedule. */
export const onSchedule =
  (action: string) =>
  (
    { GroupName = defaultGroup, Name }: { GroupName?: string | undefined; Name: string },
    { world }: { world: World },
  ): Need[] => [{ action: `scheduler:${action}`, resource: scheduleArn(world, GroupName, Name) }];

/** One permission on a group. */
export const onGroup =
  (action: string) =>
  ({ Name }: { Name: string }, { world }: { world: World }): Need[] => [
    { action: `scheduler:${action}`, resource: groupArn(world, Name) },
  ];

const notFound = (what: string) => new AwsError('ResourceNotFoundException', `${what} does not exist.`, 404);

/** Throws ResourceNotFoundException. */
export const groupOf = ({ groups }: SchedulerState, name: string): Group => {
  const group = groups.get(name);
  if (!group) throw notFound(`Schedule Group ${name}`);
  return group;
};

/** Throws ResourceNotFoundException. */
export const scheduleOf = (
  { schedules }: SchedulerState,
  at: { GroupName?: string | undefined; Name: string },
): Schedule => {
  const schedule = schedules.get(keyOf(at));
  if (!schedule) throw notFound(`Schedule ${at.Name}`);
  return schedule;
};

/** A page of what is listed and the token of the next one, which is the last key of this one. Throws ValidationException. */
export const pageOf = <Item>(
  entries: readonly (readonly [string, Item])[],
  { NextToken = '', MaxResults = 100 }: { NextToken?: string | undefined; MaxResults?: number | undefined },
): { page: Item[]; next: { NextToken?: string } } => {
  const sorted = entries.filter(([key]) => key > NextToken).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const taken = sorted.slice(0, MaxResults);
  const last = taken.at(-1)?.[0];
  return {
    page: taken.map(([, item]) => item),
    next: last !== undefined && sorted.length > taken.length ? { NextToken: last } : {},
  };
};
