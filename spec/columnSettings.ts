/** How a single column is prepared: what `prepare.columns.<name>` may say. What it leaves out is decided from the data. */
import * as z from 'zod';

/** Parts of a date that can become features. */
export const dateParts = ['year', 'month', 'day', 'weekday', 'hour', 'epochDay'] as const;

const clipBound = z.union([z.number(), z.string().regex(/^p\d{1,2}$/, 'a number, or a percentile such as p01 or p99')]);

/** The settings of numbers, of texts by their encoding, and of dates; one column has settings of one sort only. */
const sorts = {
  numbers: ['impute', 'clip', 'log', 'scale'],
  texts: ['type', 'levels', 'maxLevels', 'smoothing'],
  dates: ['parts'],
} as const;

type Settings = Partial<Record<(typeof sorts)[keyof typeof sorts][number], unknown>> & { encode?: string | undefined };

const sortOf = ({ encode }: Settings) => (encode === undefined ? undefined : encode === 'date' ? 'dates' : 'texts');

const isOneSort = (settings: Settings) => {
  const used = Object.entries(sorts).filter(([, names]) => names.some((name) => settings[name] !== undefined));
  const own = sortOf(settings);
  return new Set([...used.map(([sort]) => sort), ...(own ? [own] : [])]).size <= 1;
};

const isAscending = ([low, high]: readonly (string | number)[]) =>
  typeof low !== typeof high || (typeof low === 'number' ? low < Number(high) : percentile(low) < percentile(high));

const percentile = (text: string | number | undefined) => Number(String(text).slice(1));

export const columnSettings = z
  .strictObject({
    /** Read numbers as texts. */
    type: z.literal('categorical').optional(),
    encode: z.enum(['one-hot', 'ordinal', 'target', 'date']).optional(),
    /** What takes the place of a missing number; default: the median. */
    impute: z.union([z.enum(['mean', 'median']), z.number()]).optional(),
    /** Values beyond these bounds are set to them. */
    clip: z.tuple([clipBound, clipBound]).refine(isAscending, 'the lower bound first').optional(),
    /** Take sign(x) · ln(1 + |x|). */
    log: z.boolean().optional(),
    /** Whether to standardise; default: true. */
    scale: z.boolean().optional(),
    /** The levels, for an ordinal column in their order; all others are one level. */
    levels: z
      .array(z.union([z.string().max(65_536), z.number().transform(String).pipe(z.string())]))
      .min(1)
      .max(1000)
      .refine((levels) => new Set(levels).size === levels.length, 'every level once')
      .optional(),
    /** How many levels are told apart, the most frequent ones. */
    maxLevels: z.int().min(1).max(1000).optional(),
    /** Target encoding: how many rows the mean of all rows counts for. */
    smoothing: z.number().min(0).max(1e6).optional(),
    parts: z.array(z.enum(dateParts)).min(1).max(dateParts.length).optional(),
  })
  .refine(isOneSort, 'settings of numbers (impute, clip, log, scale), of texts and of dates (parts) exclude each other')
  .refine(({ levels, maxLevels }) => !levels || !maxLevels, 'levels and maxLevels exclude each other')
  .refine(({ encode, smoothing }) => smoothing === undefined || encode === 'target', 'smoothing is for encode: target')
  .refine(({ encode, levels }) => encode !== 'ordinal' || !levels || levels.length > 1, 'an order needs two levels');

export type ColumnSettings = z.infer<typeof columnSettings>;

/** Which sort of column the settings are made for; undefined: any. */
export const wantedSort = (settings: ColumnSettings): keyof typeof sorts | undefined =>
  sortOf(settings) ??
  (Object.keys(sorts) as (keyof typeof sorts)[]).find((sort) =>
    sorts[sort].some((name) => settings[name] !== undefined),
  );

/** Columns that have to be read as texts even where every cell is a number. */
export const textColumnsOf = (columns: Readonly<Record<string, ColumnSettings>>): string[] =>
  Object.entries(columns).flatMap(([name, settings]) => (wantedSort(settings) === 'texts' ? [name] : []));
