/** EventBridge Scheduler's REST paths (restJson1). */
import type { HttpRequest, Routed } from '../../operation.ts';

/** `METHOD collection` without and with a name after it. */
const onAll: Readonly<Record<string, string>> = {
  'GET schedules': 'ListSchedules',
  'GET schedule-groups': 'ListScheduleGroups',
};
const onOne: Readonly<Record<string, string>> = {
  'POST schedules': 'CreateSchedule',
  'GET schedules': 'GetSchedule',
  'PUT schedules': 'UpdateSchedule',
  'DELETE schedules': 'DeleteSchedule',
  'POST schedule-groups': 'CreateScheduleGroup',
  'GET schedule-groups': 'GetScheduleGroup',
  'DELETE schedule-groups': 'DeleteScheduleGroup',
  'GET tags': 'ListTagsForResource',
  'POST tags': 'TagResource',
  'DELETE tags': 'UntagResource',
};

/** Members by the names that they have in a query. */
const members: Readonly<Record<string, string>> = {
  clientToken: 'ClientToken',
  groupName: 'GroupName',
  ScheduleGroup: 'GroupName',
};

export const routeScheduler = ({ method, path, query, rawQuery }: HttpRequest): Routed | undefined => {
  const [collection = '', name, ...rest] = path.replace(/^\/|\/$/g, '').split('/');
  const operation = (name === undefined ? onAll : onOne)[`${method} ${collection}`];
  if (operation === undefined || rest.length > 0) return undefined;
  const input: Record<string, unknown> = Object.fromEntries(
    Object.entries(query).map(([key, value]) => [members[key] ?? key, value]),
  );
  // Repeated, and a key may contain a comma.
  if (operation === 'UntagResource') input['TagKeys'] = new URLSearchParams(rawQuery).getAll('TagKeys');
  if (name !== undefined) input[collection === 'tags' ? 'ResourceArn' : 'Name'] = decodeURIComponent(name);
  return { operation, input };
};
