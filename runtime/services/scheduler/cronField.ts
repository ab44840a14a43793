/** One field of a cron expression: what it may say, and the values that it stands for. */

export interface Range {
  min: number;
  max: number;
  /** Names of the values, from `min` on. */
  names?: readonly string[];
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** EventBridge Scheduler User Guide, "Cron-based schedules". */
export const ranges = {
  minute: { min: 0, max: 59 },
  hour: { min: 0, max: 23 },
  dayOfMonth: { min: 1, max: 31 },
  month: { min: 1, max: 12, names: months },
  dayOfWeek: { min: 1, max: 7, names: weekdays },
  year: { min: 1970, max: 2199 },
} as const satisfies Record<string, Range>;

/** A number or a name within the range; undefined for anything else. */
export const valueOf = (text: string, { min, max, names = [] }: Range): number | undefined => {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return min + named;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
};

/** The values, ascending, of a list of `*`, `5`, `1-5`, `0/10`, `3/10` and `1-30/10`; undefined where it is none. */
export const valuesOf = (text: string, range: Range): number[] | undefined => {
  const parts = text.split(',').map((part) => partOf(part, range));
  if (parts.some((part) => part === undefined)) return undefined;
  return [...new Set(parts.flatMap((part) => part ?? []))].sort((a, b) => a - b);
};

const partOf = (text: string, range: Range): number[] | undefined => {
  const [span = '', stepText, ...more] = text.split('/');
  if (more.length > 0) return undefined;
  const step = stepText === undefined ? 1 : stepOf(stepText, range);
  const bounds = boundsOf(span, range, stepText !== undefined);
  if (step === undefined || !bounds) return undefined;
  const [from, to] = bounds;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
};

const stepOf = (text: string, { max }: Range): number | undefined => {
  const step = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return step >= 1 && step <= max ? step : undefined;
};

/** A single value with a step means from there on. */
const boundsOf = (text: string, range: Range, stepped: boolean): [number, number] | undefined => {
  if (text === '*') return [range.min, range.max];
  const [first = '', second, ...more] = text.split('-');
  const from = valueOf(first, range);
  const to = second === undefined ? (stepped ? range.max : from) : valueOf(second, range);
  return from === undefined || to === undefined || from > to || more.length > 0 ? undefined : [from, to];
};
