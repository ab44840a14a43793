/**
 * Dates are ISO 8601 texts (calendar dates, or with hours and minutes, seconds, fractions and an offset), told by one grammar in
 * SQL and for one row. The parts are those of the text: an offset is not added.
 */
import { quoted } from '../engine.ts';
import type { CompiledFeature } from './compiled.ts';
import { isMissingSql, numberSql } from './numbers.ts';
import { isLinear, type DateFeature } from './schema.ts';

type Part = DateFeature['parts'][number]['part'];

const clock = '([01][0-9]|2[0-3]):[0-5][0-9]';
const grammar = `[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]${clock}(:[0-5][0-9]([.][0-9]+)?)?(Z|[+-]${clock})?)?`;
const pattern = new RegExp(`^(?:${grammar})$`);
const dayMs = 86_400_000;

/** Days since 1970-01-01 of a trimmed cell, NaN where it is no ISO date. */
export const epochDayOf = (text: string): number => {
  if (!pattern.test(text) || text.startsWith('0000')) return Number.NaN;
  const moment = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  // A 30th of February would be one in March.
  const isDay = !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(text.slice(0, 10));
  return isDay ? moment / dayMs : Number.NaN;
};

/** Whether a text is a date; the first character settles most. */
export const isDateSql = (text: string) =>
  `(CASE WHEN ${text} >= '0001' AND ${text} < ':' THEN regexp_full_match(${text}, ${quoted(grammar)}) AND try_cast(left(${text}, 10) AS DATE) IS NOT NULL ELSE false END)`;

/** Parts from 0 on, where they begin anew. */
const parts: Record<
  Part,
  { sql: (text: string) => string; of: (text: string, day: number) => number; period: number }
> = {
  year: { period: 0, sql: (text) => `left(${text}, 4)::INTEGER`, of: (text) => Number(text.slice(0, 4)) },
  month: {
    period: 12,
    sql: (text) => `(substr(${text}, 6, 2)::INTEGER - 1)`,
    of: (text) => Number(text.slice(5, 7)) - 1,
  },
  day: {
    period: 31,
    sql: (text) => `(substr(${text}, 9, 2)::INTEGER - 1)`,
    of: (text) => Number(text.slice(8, 10)) - 1,
  },
  // The epoch began on a Thursday; Monday is 0.
  weekday: {
    period: 7,
    sql: (text) => `(isodow(left(${text}, 10)::DATE) - 1)`,
    of: (_, day) => (((day + 3) % 7) + 7) % 7,
  },
  hour: {
    period: 24,
    sql: (text) => `coalesce(try_cast(substr(${text}, 12, 2) AS INTEGER), 0)`,
    of: (text) => Number(text.slice(11, 13)),
  },
  epochDay: { period: 0, sql: (text) => `(left(${text}, 10)::DATE - DATE '1970-01-01')`, of: (_, day) => day },
};

/** A part of a text that is a date. */
export const partSql = (part: Part, text: string) => parts[part].sql(text);

/** Sine and cosine by place; the last row is for missing cells. */
const angles = (period: number) => [
  ...Array.from({ length: period }, (_, place) => {
    const angle = (2 * Math.PI * place) / period;
    return [Math.sin(angle), Math.cos(angle)] as const;
  }),
  [0, 0] as const,
];

const tables = new Map([7, 12, 24, 31].map((period) => [period, angles(period)]));
const tableOf = (period: number) => tables.get(period) ?? [];

/** The features of a cell whose `day` is known by `epochDayOf`; `text` is undefined where it is missing. */
export const writeDate = (
  out: Float64Array,
  at: number,
  feature: DateFeature,
  text: string | undefined,
  day: number,
) => {
  let place = at;
  for (const { part, mean, scale } of feature.parts) {
    const { of, period } = parts[part];
    if (isLinear(part)) out[place++] = text === undefined ? 0 : (of(text, day) - mean) / scale;
    else {
      const [sine = 0, cosine = 0] = tableOf(period)[text === undefined ? period : of(text, day)] ?? [];
      out[place++] = sine;
      out[place++] = cosine;
    }
  }
  if (feature.missing) out[place] = text === undefined ? 1 : 0;
};

/** `text`: an expression whose values are dates, NULL where missing. */
export const compileDate = (feature: DateFeature, text: string): CompiledFeature[] => [
  ...feature.parts.map(({ part, mean, scale }): CompiledFeature => {
    const { sql, period } = parts[part];
    if (!isLinear(part))
      return {
        kind: 'levels',
        sql: `(CASE WHEN ${text} IS NULL THEN ${period} ELSE ${sql(text)} END)`,
        values: tableOf(period),
      };
    const standard = `(${sql(text)}::DOUBLE - ${numberSql(mean)}) / ${numberSql(scale)}`;
    return { kind: 'number', sql: `coalesce(${standard}, 0)` };
  }),
  ...(feature.missing ? [isMissingSql(text)] : []),
];
