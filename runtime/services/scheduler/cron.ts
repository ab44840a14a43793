/** Cron expressions: five fields and an optional year (EventBridge Scheduler User Guide, "Cron-based schedules"). */
import { daysOf, type DaysOf } from './cronDays.ts';
import { ranges, valuesOf } from './cronField.ts';

export interface Cron {
  minutes: readonly number[];
  hours: readonly number[];
  months: readonly number[];
  years: readonly number[];
  days: DaysOf;
}

/** What stands between the parentheses; undefined where it is no cron expression. One that never fires is one. */
export const parseCron = (text: string): Cron | undefined => {
  const fields = text.trim().split(/\s+/);
  if (fields.length < 5 || fields.length > 6) return undefined;
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = '*'] = fields;
  const minutes = valuesOf(minute, ranges.minute);
  const hours = valuesOf(hour, ranges.hour);
  const months = valuesOf(month, ranges.month);
  const years = valuesOf(year, ranges.year);
  const days = daysOf(dayOfMonth, dayOfWeek);
  return minutes && hours && months && years && days && { minutes, hours, months, years, days };
};

/** The wall times of the expression after a wall time, in order: a day is worked out once, its hours and minutes are listed. */
export function* wallTimes({ minutes, hours, months, years, days }: Cron, after: number): Generator<number> {
  const from = new Date(after);
  const [firstYear, firstMonth] = [from.getUTCFullYear(), from.getUTCMonth() + 1];
  for (const year of years) {
    if (year < firstYear) continue;
    for (const month of months) {
      if (year === firstYear && month < firstMonth) continue;
      for (const day of days(year, month)) {
        const midnight = Date.UTC(year, month - 1, day);
        if (midnight + 86_400_000 <= after) continue;
        for (const hour of hours)
          for (const minute of minutes) {
            const wall = midnight + (hour * 60 + minute) * 60_000;
            if (wall > after) yield wall;
          }
      }
    }
  }
}
