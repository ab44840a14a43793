/** The days that the fields day-of-month and day-of-week of a cron expression choose in a month. */
import { ranges, valueOf, valuesOf } from './cronField.ts';

/** The chosen days of a month, ascending. `month` counts from 1. */
export type DaysOf = (year: number, month: number) => number[];

export const lengthOf = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** 1 is Sunday, 7 is Saturday. */
const weekdayOf = (year: number, month: number, day: number) =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

const all = (year: number, month: number) => Array.from({ length: lengthOf(year, month) }, (_, index) => index + 1);

/** Undefined where the two fields are none; exactly one of them must be `?`. */
export const daysOf = (dayOfMonth: string, dayOfWeek: string): DaysOf | undefined => {
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) return undefined;
  return dayOfWeek === '?' ? byMonth(dayOfMonth.toUpperCase()) : byWeek(dayOfWeek.toUpperCase());
};

const byMonth = (text: string): DaysOf | undefined => {
  if (text === 'L') return (year, month) => [lengthOf(year, month)];
  if (text === 'LW') return (year, month) => [nearestWeekday(year, month, lengthOf(year, month))];
  const before = /^L-(\d{1,2})$/.exec(text)?.[1];
  if (before !== undefined)
    return Number(before) > 30
      ? undefined
      : (year, month) => within(year, month, lengthOf(year, month) - Number(before));
  if (text.endsWith('W')) {
    const day = valueOf(text.slice(0, -1), ranges.dayOfMonth);
    if (day === undefined) return undefined;
    return (year, month) => within(year, month, day).map((it) => nearestWeekday(year, month, it));
  }
  const days = valuesOf(text, ranges.dayOfMonth);
  return days && ((year, month) => days.filter((day) => day <= lengthOf(year, month)));
};

/** A list of days with `6L`, the last Friday, among them, or alone `3#2`, the second Tuesday. `L` alone is Saturday. */
const byWeek = (text: string): DaysOf | undefined => {
  const [nth, count = ''] = text.split('#');
  if (text.includes('#')) {
    const weekday = valueOf(nth ?? '', ranges.dayOfWeek);
    if (weekday === undefined || !/^[1-5]$/.test(count)) return undefined;
    return (year, month) => on(year, month, [weekday]).slice(Number(count) - 1, Number(count));
  }
  if (text === 'L') return (year, month) => on(year, month, [ranges.dayOfWeek.max]);
  if (/^[^,]+L$/.test(text)) {
    const weekday = valueOf(text.slice(0, -1), ranges.dayOfWeek);
    return weekday === undefined ? undefined : (year, month) => on(year, month, [weekday]).slice(-1);
  }
  const weekdays = valuesOf(text, ranges.dayOfWeek);
  return weekdays && ((year, month) => on(year, month, weekdays));
};

const on = (year: number, month: number, weekdays: readonly number[]) =>
  all(year, month).filter((day) => weekdays.includes(weekdayOf(year, month, day)));

const within = (year: number, month: number, day: number) => (day >= 1 && day <= lengthOf(year, month) ? [day] : []);

/** Monday to Friday, never in another month. */
const nearestWeekday = (year: number, month: number, day: number) => {
  const weekday = weekdayOf(year, month, day);
  if (weekday === 7) return day === 1 ? 3 : day - 1;
  if (weekday === 1) return day === lengthOf(year, month) ? day - 2 : day + 1;
  return day;
};
