/**
 * One timer for the earliest tick of all schedules. A tick becomes a delivery and its schedule moves on in the same breath, so that
 * a crash neither loses nor repeats it. Ticks that came while the process was down (or the machine slept) are delivered late,
 * each once, as AWS would have delivered them in time; those older than the target's MaximumEventAgeInSeconds are left out.
 */
import type { Table } from '../../journal/store.ts';
import type { World } from '../../operation.ts';
import type { Deliveries } from './deliveries.ts';
import { parseExpression } from './expression.ts';
import { keyOf, type Schedule, type Tick } from './schedules.ts';

export interface Timetable {
  /** The first tick of a schedule that was created or changed just now; undefined when there will be none. */
  first(schedule: Schedule): Tick | undefined;
  /** Delivers what is due and sets the timer anew. */
  run(): void;
  stop(): void;
}

export const createTimetable = (world: World, schedules: Table<Schedule>, deliveries: Deliveries): Timetable => {
  let cancel = () => {};
  let open = true;

  /** The first tick after an instant (epoch ms). */
  const tickAfter = (schedule: Schedule, after: number): Tick | undefined => {
    const { ScheduleExpressionTimezone: zone, StartDate, EndDate, FlexibleTimeWindow } = schedule;
    const expression = parseExpression(schedule.ScheduleExpression);
    if (!expression || schedule.State === 'DISABLED') return undefined;
    // One-time schedules ignore both dates.
    const [start, end] = expression.kind === 'at' ? [undefined, undefined] : [StartDate, EndDate];
    const anchor = (start ?? schedule.LastModificationDate) * 1000;
    const from = start === undefined ? after : Math.max(after, start * 1000 - 1);
    const scheduled = expression.next(from, zone, anchor);
    if (scheduled === undefined || (end !== undefined && scheduled > end * 1000)) return undefined;
    const window = (FlexibleTimeWindow.MaximumWindowInMinutes ?? 0) * 60_000;
    return { scheduled, due: scheduled + Math.floor(world.ids.random() * window) };
  };

  const deliverDue = (schedule: Schedule, now: number) => {
    const oldest = now - schedule.Target.RetryPolicy.MaximumEventAgeInSeconds * 1000;
    let { next } = schedule;
    while (next && next.due <= now) {
      if (next.due >= oldest) deliveries.add(schedule, next);
      else
        world.log('warn', 'Ticks of a schedule came while the runtime was down and are too old', { arn: schedule.Arn });
      next = tickAfter(schedule, next.due >= oldest ? next.scheduled : Math.max(next.scheduled, oldest - 1));
    }
    const { next: _done, ...rest } = schedule;
    if (!next && schedule.ActionAfterCompletion === 'DELETE') schedules.delete(keyOf(schedule));
    else schedules.set(keyOf(schedule), { ...rest, ...(next && { next }) });
  };

  const run = () => {
    cancel();
    if (!open) return;
    const now = world.clock.now();
    for (const schedule of Array.from(schedules.values()))
      if (schedule.next && schedule.next.due <= now) deliverDue(schedule, now);
    let earliest = Infinity;
    for (const { next } of schedules.values()) if (next) earliest = Math.min(earliest, next.due);
    cancel = earliest === Infinity ? () => {} : world.clock.alarm(earliest, run);
  };

  return {
    first: (schedule) => tickAfter(schedule, schedule.LastModificationDate * 1000 - 1),
    run,
    stop() {
      open = false;
      cancel();
    },
  };
};
