import type { Table } from '../../journal/store.ts';
import { validationError } from './failures.ts';

export type TagList = readonly { Key: string; Value: string }[];

/** A resource has at most 50 tags. */
const limit = 50;

/** The tags of an ARN by key, as events carry them. */
export const tagsOf = (table: Table<Record<string, string>>, arn: string): Record<string, string> =>
  table.get(arn) ?? {};

/** Adds or replaces tags. */
export const putTags = (table: Table<Record<string, string>>, arn: string, added: TagList | undefined): void => {
  if (!added?.length) return;
  const all = { ...tagsOf(table, arn), ...Object.fromEntries(added.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(all).length > limit)
    throw validationError(`The resource '${arn}' would have more than ${limit} tags; remove some first`);
  table.set(arn, all);
};

/** AWS's list form. */
export const tagList = (tags: Readonly<Record<string, string>>): TagList =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
