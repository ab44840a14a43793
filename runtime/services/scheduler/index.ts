/** Amazon EventBridge Scheduler: schedules in groups, which call their targets as their execution roles. */
import type { ServiceFactory } from '../../operation.ts';
import { createSchedule } from './createSchedule.ts';
import { createScheduleGroup } from './createScheduleGroup.ts';
import { deleteSchedule } from './deleteSchedule.ts';
import { deleteScheduleGroup } from './deleteScheduleGroup.ts';
import { scheduleDeliveries } from './deliveries.ts';
import { getSchedule } from './getSchedule.ts';
import { getScheduleGroup } from './getScheduleGroup.ts';
import { listScheduleGroups } from './listScheduleGroups.ts';
import { listSchedules } from './listSchedules.ts';
import { listTagsForResource } from './listTagsForResource.ts';
import { routeScheduler } from './route.ts';
import { defaultGroup, groupArn, type Group, type Schedule, type SchedulerState } from './schedules.ts';
import { tagResource } from './tagResource.ts';
import { createTimetable } from './timetable.ts';
import { untagResource } from './untagResource.ts';
import { updateSchedule } from './updateSchedule.ts';

export const scheduler: ServiceFactory = (world) => {
  const groups = world.store.table<Group>('scheduler.groups');
  const schedules = world.store.table<Schedule>('scheduler.schedules');
  const deliveries = scheduleDeliveries(world);
  const timetable = createTimetable(world, schedules, deliveries);
  const state: SchedulerState = { groups, schedules, tokens: world.store.table('scheduler.tokens'), timetable };
  if (!groups.has(defaultGroup)) {
    const now = Math.floor(world.clock.now() / 1000);
    const dates = { CreationDate: now, LastModificationDate: now };
    groups.set(defaultGroup, {
      Name: defaultGroup,
      Arn: groupArn(world, defaultGroup),
      State: 'ACTIVE',
      ...dates,
      tags: {},
    });
  }
  return {
    name: 'scheduler',
    protocol: 'restJson',
    state,
    route: routeScheduler,
    operations: {
      CreateSchedule: createSchedule,
      CreateScheduleGroup: createScheduleGroup,
      DeleteSchedule: deleteSchedule,
      DeleteScheduleGroup: deleteScheduleGroup,
      GetSchedule: getSchedule,
      GetScheduleGroup: getScheduleGroup,
      ListScheduleGroups: listScheduleGroups,
      ListSchedules: listSchedules,
      ListTagsForResource: listTagsForResource,
      TagResource: tagResource,
      UntagResource: untagResource,
      UpdateSchedule: updateSchedule,
    },
    start() {
      deliveries.start();
      timetable.run();
    },
    stop() {
      timetable.stop();
      deliveries.stop();
    },
  };
};
