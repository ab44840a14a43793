/** Members that several operations share, with CloudWatch's own constraints. Times are epoch seconds. */
import * as z from 'zod';
import type { Need, World } from '../../operation.ts';
import { shareOf } from './distribution.ts';
import { failure } from './errors.ts';

const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u);

export const namespace = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^:].*$/s);
export const metricName = text(255);
export const dimensions = z
  .array(z.strictObject({ Name: text(255).regex(/^[^:]/), Value: text(1024).regex(/\S/) }))
  .max(30);
export const alarmName = text(255);

export const statistic = z.enum(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']);
/** Percentiles; trimmed means and ranks are no known statistics here. */
export const extendedStatistic = z
  .string()
  .refine((name) => shareOf(name) !== undefined, { error: 'Member must be a percentile, such as p99.9' });

const sizes = ['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes'];
const bits = ['Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits'];
const amounts = [...sizes, ...bits];
export const unit = z.enum([
  'Seconds',
  'Microseconds',
  'Milliseconds',
  ...amounts,
  'Percent',
  'Count',
  ...amounts.map((amount) => `${amount}/Second`),
  'Count/Second',
  'None',
]);

export const state = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);
export type StateValue = z.infer<typeof state>;

export const tags = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) })).max(50);

/** Dimensions as a map. Throws InvalidParameterValueException when a name occurs twice. */
export const dimensionMap = (list: z.infer<typeof dimensions> = []): Record<string, string> => {
  const map = Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
  if (Object.keys(map).length < list.length)
    throw failure('InvalidParameterValueException', 'The names of a metric’s dimensions must differ.');
  return map;
};

/** Dimensions as the API lists them. */
export const dimensionList = (map: Readonly<Record<string, string>>) =>
  Object.entries(map).map(([Name, Value]) => ({ Name, Value }));

export const alarmArn = (
  { partition, region, accountId }: Pick<World, 'partition' | 'region' | 'accountId'>,
  name: string,
) => `arn:${partition}:cloudwatch:${region}:${accountId}:alarm:${name}`;

export const dashboardArn = ({ partition, accountId }: Pick<World, 'partition' | 'accountId'>, name: string) =>
  `arn:${partition}:cloudwatch::${accountId}:dashboard/${name}`;

/** For actions that know no resource. */
export const anywhere = (action: string) => (): Need[] => [{ action: `cloudwatch:${action}`, resource: '*' }];

/** A page of a list, and the token of the next one. Throws InvalidNextToken. */
export const pageOf = <Item>(items: readonly Item[], token: string | undefined, size: number) => {
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0) throw failure('InvalidNextToken', `The token '${token}' is not one of ours`);
  const next: { NextToken?: string } = from + size < items.length ? { NextToken: String(from + size) } : {};
  return { page: items.slice(from, from + size), next };
};

export const dashboardName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[A-Za-z0-9_-]+$/);
