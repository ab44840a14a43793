/** When a pipeline runs by itself, in the words of EventBridge Scheduler, and on which drop. */
import * as z from 'zod';
import { nearMiss } from '../algorithms/nearMiss.ts';
import { cronProblem } from './cron.ts';

const instant = z.iso.datetime({ offset: true, error: 'a time such as 2027-01-31T06:00:00Z' });

const settingsIn = (home: 'drop' | 'score') =>
  z.strictObject({
    expression: z.string().min(1).max(256),
    /** IANA time zone in which cron and at are read. */
    timezone: z.string().min(1).max(50).default('UTC'),
    /** No run before; a rate counts from there. Default: a rate's first run is one interval after the file was applied. */
    start: instant.optional(),
    /** No run after. */
    end: instant.optional(),
    /** `latest`: the newest drop at the time of the run; or the key of a file. */
    source: z
      .string()
      .max(1024)
      .regex(new RegExp(`^(?:latest|${home}/.+)$`), `latest, or a key that begins with ${home}/`)
      .default('latest'),
  });
type Settings = z.infer<ReturnType<typeof settingsIn>>;

const settingIn = (home: 'drop' | 'score') => {
  const settings = settingsIn(home);
  const checked = settings.superRefine((schedule, context) => {
    for (const [member, problem] of Object.entries(problems(schedule)))
      if (problem !== undefined) context.addIssue({ code: 'custom', path: [member], message: problem });
  });
  return z
    .union([z.string().min(1).max(256), settings])
    .transform((given) => (typeof given === 'string' ? { expression: given } : given))
    .pipe(checked);
};

/** `rate(7 days)`, or the same with settings. */
export const scheduleSetting = settingIn('drop');
export type ScheduleSetting = z.infer<typeof scheduleSetting>;

/** The same for scoring, of files under score/. */
export const scoringSchedule = settingIn('score');

const kindOf = (expression: string) => /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** How far apart (ms) the runs of a rate are; undefined for cron, at, and what is no rate. */
export const intervalOf = (expression: string): number | undefined => {
  const [, count = '', unit = '', plural = ''] =
    /^rate\(([1-9]\d{0,5}) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  // EventBridge Scheduler documents rate(1 days) and takes rate(1 day).
  return unit === '' || (plural === '' && count !== '1') ? undefined : Number(count) * (unitMs[unit] ?? 0);
};

const problems = ({ expression, timezone, start, end }: Settings) => {
  const [, kind = ''] = kindOf(expression);
  return {
    timezone: zoneProblem(timezone),
    expression: zoneProblem(timezone) === undefined ? expressionProblem(expression, timezone) : undefined,
    start: kind === 'at' && start !== undefined ? 'at has one time, and no start' : undefined,
    end:
      kind === 'at' && end !== undefined
        ? 'at has one time, and no end'
        : start !== undefined && end !== undefined && Date.parse(end) <= Date.parse(start)
          ? 'end must be after start'
          : undefined,
  };
};

const forms = 'rate(7 days), cron(0 6 ? * MON *) or at(2027-01-31T06:00:00)';

const expressionProblem = (expression: string, timezone: string): string | undefined => {
  const [, kind = '', inner = ''] = kindOf(expression);
  if (kind === 'cron') return prefixed(expression, cronProblem(inner));
  if (kind === 'at') return prefixed(expression, atProblem(inner, timezone));
  if (kind === 'rate')
    return intervalOf(expression) === undefined
      ? `${expression}: a rate is a number of minutes, hours or days, such as rate(1 hour) or rate(7 days)`
      : undefined;
  return `"${expression}" is no schedule; expected ${forms}`;
};

const prefixed = (expression: string, problem: string | undefined) => problem && `${expression}: ${problem}`;

const atProblem = (text: string, timezone: string): string | undefined => {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 19) !== text)
    return 'at has a time without zone, such as at(2027-01-31T06:00:00); the zone is set by timezone';
  return isShown(wall, timezone) ? undefined : `it never fires: clocks of ${timezone} are set forward over that time`;
};

/** Whether clocks of a zone ever show a time; offsets are quarters of an hour, from 12 hours behind to 14 ahead. */
const isShown = (wall: number, timezone: string): boolean => {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
  const wanted = new Date(wall).toISOString().slice(0, 19).replace('T', ' ');
  const quarters = Array.from({ length: 26 * 4 + 1 }, (_, index) => (index - 12 * 4) * 900_000);
  return quarters.some((offset) => clock.format(wall - offset) === wanted);
};

const zoneProblem = (timezone: string): string | undefined => {
  // Intl knows more than the names of the database: any case, and offsets.
  const isName = /^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*)*$/.test(timezone);
  try {
    if (isName && new Intl.DateTimeFormat('en', { timeZone: timezone })) return undefined;
  } catch {
    // Said below.
  }
  const near = nearMiss(timezone, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
  return `${timezone} is no time zone of the IANA database${near === undefined ? ', such as Europe/Berlin' : `; did you mean ${near}?`}`;
};

/** What a schedule began with when it was set before. */
export interface Before {
  expression: string;
  /** Epoch ms. */
  start?: number | undefined;
}

/**
 * When (epoch ms) the schedule begins, seen from `now`; undefined: at once. A rate begins one interval from now and keeps its
 * beat when it is set again, because EventBridge Scheduler takes no start in the past and starts a rate without one at once.
 */
export const beginOf = ({ expression, start }: ScheduleSetting, now: number, before?: Before): number | undefined => {
  const given = start === undefined ? undefined : Date.parse(start);
  const interval = intervalOf(expression);
  if (interval === undefined || (given !== undefined && given > now))
    return given !== undefined && given > now ? given : undefined;
  const kept = before?.expression === expression ? before.start : undefined;
  const anchor = given ?? kept ?? Math.floor(now / 1000) * 1000;
  return anchor > now ? anchor : anchor + (Math.floor((now - anchor) / interval) + 1) * interval;
};
