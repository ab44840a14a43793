/**
 * When a schedule is due. Daylight saving as the EventBridge Scheduler User Guide has it (Schedule types, "Daylight savings time
 * on EventBridge Scheduler"): a cron time that clocks are set forward over is skipped that day; one that clocks show twice runs
 * the first time only; `rate` counts hours and days of 60 minutes and 24 hours, whatever clocks show. `at` is read like the one
 * time of a cron expression: one that clocks are set forward over never comes.
 */
import { parseCron, wallTimes } from './cron.ts';
import { instantOf, wallOf } from './zone.ts';

/** A parsed schedule expression. */
export interface Expression {
  kind: 'rate' | 'cron' | 'at';
  /**
   * The first instant (epoch ms) after `after`; undefined when there is none. Rates count from `anchor`, which is their first;
   * cron and at follow the clocks of `zone`.
   */
  next(after: number, zone: string, anchor: number): number | undefined;
}

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

const rateOf = (text: string): Expression | undefined => {
  // The guide writes rate(1 days), the console rate(1 day): one may be either, more are plural.
  const [, count = '', unit = '', plural] = /^([1-9]\d{0,8}) (minute|hour|day)(s?)$/.exec(text) ?? [];
  const interval = Number(count) * (unitMs[unit] ?? Number.NaN);
  if (Number.isNaN(interval) || (count !== '1' && plural === '')) return undefined;
  return {
    kind: 'rate',
    next: (after, _, anchor) =>
      after < anchor ? anchor : anchor + (Math.floor((after - anchor) / interval) + 1) * interval,
  };
};

const cronOf = (text: string): Expression | undefined => {
  const cron = parseCron(text);
  return (
    cron && {
      kind: 'cron',
      next(after, zone) {
        for (const wall of wallTimes(cron, wallOf(zone, after))) {
          const instant = instantOf(zone, wall);
          if (instant !== undefined && instant > after) return instant;
        }
        return undefined;
      },
    }
  );
};

const atOf = (text: string): Expression | undefined => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return undefined;
  const wall = Date.parse(`${text}Z`);
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 19) !== text) return undefined;
  return {
    kind: 'at',
    next(after, zone) {
      const instant = instantOf(zone, wall);
      return instant !== undefined && instant > after ? instant : undefined;
    },
  };
};

const kinds: Readonly<Record<string, (text: string) => Expression | undefined>> = {
  rate: rateOf,
  cron: cronOf,
  at: atOf,
};

/** Undefined where the text is no schedule expression. */
export const parseExpression = (text: string): Expression | undefined => {
  const [, kind = '', inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(text) ?? [];
  return kinds[kind]?.(inner);
};
