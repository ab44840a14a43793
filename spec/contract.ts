/** What a pipeline expects of every drop: its columns, as `data.contract` pins them. */
import * as z from 'zod';

const columnName = z.string().min(1).max(1024);
/** Characters of a text that a contract lists. */
export const longestLevel = 1024;
const level = z.string().max(longestLevel);

const contractColumn = z
  .strictObject({
    name: columnName,
    type: z.enum(['numeric', 'categorical']).optional(),
    /** Largest share of rows without a value; 0: a value in every row. */
    maxMissing: z.number().min(0).max(1).default(1),
    /** Numbers: the smallest and the largest value allowed. */
    min: z.number().optional(),
    max: z.number().optional(),
    /** Texts: the values allowed, at most fifty. */
    levels: z.array(level).min(1).max(50).optional(),
  })
  .refine(({ min = -Infinity, max = Infinity }) => min <= max, 'min must not exceed max')
  .refine(
    ({ type, min, max, levels }) =>
      !(levels && (type === 'numeric' || min !== undefined || max !== undefined)) &&
      !(type === 'categorical' && (min !== undefined || max !== undefined)),
    'min and max belong to numbers, levels to texts',
  );

export const contractSchema = z
  .strictObject({
    columns: z.array(contractColumn).min(1).max(10_000),
    /** What happens to a drop with columns that are not listed. */
    extraColumns: z.enum(['refuse', 'ignore']).default('refuse'),
  })
  .refine(
    ({ columns }) => new Set(columns.map(({ name }) => name)).size === columns.length,
    'every column is listed once',
  );

export type Contract = z.infer<typeof contractSchema>;
export type ContractColumn = Contract['columns'][number];
