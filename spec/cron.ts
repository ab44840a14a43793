/**
 * Whether a cron expression of EventBridge Scheduler says something, and ever comes true. When it does is the scheduler's to
 * work out, so days are only asked whether they exist: `15W` does where there is a 15th.
 */

interface Field {
  name: string;
  min: number;
  max: number;
  names?: readonly string[];
}

const fields = [
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'day-of-month', min: 1, max: 31 },
  {
    name: 'month',
    min: 1,
    max: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  { name: 'day-of-week', min: 1, max: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
  { name: 'year', min: 1970, max: 2199 },
] as const satisfies Field[];

const [, , dayOfMonth, month, dayOfWeek, year] = fields;

/** A day of a month with what the wildcards ask of it. Sunday is 1. */
interface Day {
  day: number;
  weekday: number;
  length: number;
}

type Choice = (day: Day) => boolean;

/** What is wrong with the text between the parentheses, for people; undefined when nothing is. */
export const cronProblem = (text: string): string | undefined => {
  const given = text.trim().split(/\s+/);
  if (given.length < 5 || given.length > 6)
    return 'cron has five or six fields: minutes, hours, day-of-month, month, day-of-week and, if wanted, year';
  const [, , days = '', months = '*', weekdays = '', years = '*'] = given;
  if ((days === '?') === (weekdays === '?')) return 'exactly one of day-of-month and day-of-week must be ?';
  const chosen = days === '?' ? ofWeek(weekdays.toUpperCase()) : ofMonth(days.toUpperCase());
  const wrong = fields.find((field, index) => {
    const part = given[index] ?? '*';
    if (field === dayOfMonth || field === dayOfWeek) return part !== '?' && !chosen;
    return !valuesOf(part, field);
  });
  if (wrong) return `${given[fields.indexOf(wrong)]} is no ${wrong.name} (${wrong.min} to ${wrong.max})`;
  const isThere = chosen && someDay(valuesOf(years, year) ?? [], valuesOf(months, month) ?? [], chosen);
  return isThere ? undefined : 'it never fires: there is no such day';
};

const someDay = (years: readonly number[], months: readonly number[], chosen: Choice): boolean =>
  years.some((y) =>
    months.some((m) => {
      const length = new Date(Date.UTC(y, m, 0)).getUTCDate();
      const first = new Date(Date.UTC(y, m - 1, 1)).getUTCDay();
      return Array.from({ length }, (_, index) => ({
        day: index + 1,
        weekday: ((first + index) % 7) + 1,
        length,
      })).some(chosen);
    }),
  );

const ofMonth = (text: string): Choice | undefined => {
  if (text === 'L' || text === 'LW') return ({ day, length }) => day === length;
  const before = /^L-([12]?\d|30)$/.exec(text)?.[1];
  if (before !== undefined) return ({ day, length }) => day === length - Number(before);
  const single = text.endsWith('W') ? valueOf(text.slice(0, -1), dayOfMonth) : undefined;
  const days = single === undefined ? valuesOf(text, dayOfMonth) : [single];
  return days && (({ day }) => days.includes(day));
};

const ofWeek = (text: string): Choice | undefined => {
  const [, named = '', nth] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  const only = nth === undefined ? /^(\w+)L$/.exec(text)?.[1] : named;
  if (text === 'L') return ({ weekday }) => weekday === 7;
  if (only !== undefined) {
    const value = valueOf(only, dayOfWeek);
    if (value === undefined) return undefined;
    return ({ day, weekday, length }) =>
      weekday === value && (nth === undefined ? day > length - 7 : Math.ceil(day / 7) === Number(nth));
  }
  const weekdays = valuesOf(text, dayOfWeek);
  return weekdays && (({ weekday }) => weekdays.includes(weekday));
};

const valueOf = (text: string, { min, max, names = [] }: Field): number | undefined => {
  const value = names.includes(text.toUpperCase()) ? min + names.indexOf(text.toUpperCase()) : Number(text || 'none');
  return Number.isInteger(value) && value >= min && value <= max ? value : undefined;
};

const valuesOf = (text: string, field: Field): number[] | undefined => {
  const parts = text.split(',').map((part) => {
    const [, all, from = '', to, step] = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d{1,4}))?$/.exec(part) ?? [];
    const first = all ? field.min : valueOf(from, field);
    const last =
      all || (to === undefined && step !== undefined) ? field.max : to === undefined ? first : valueOf(to, field);
    const by = Number(step ?? 1);
    if (first === undefined || last === undefined || first > last || by < 1 || by > field.max) return undefined;
    return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, index) => first + index * by);
  });
  return parts.some((part) => !part) ? undefined : parts.flatMap((part) => part ?? []);
};
