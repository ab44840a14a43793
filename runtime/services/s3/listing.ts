/** One page of a bucket's keys, with common prefixes: what the three list operations have in common. */
import * as z from 'zod';
import { bucketArn } from './bucket.ts';
import { invalidArgument } from './errors.ts';
import { compareKeys, type KeyIndex } from './keyIndex.ts';
import type { Version } from './state.ts';

export const mostKeys = 1000;

export const listMembers = {
  Prefix: z.string().optional(),
  Delimiter: z.string().optional(),
  MaxKeys: z.number().int().optional(),
  EncodingType: z.literal('url').optional(),
};

export interface PageRequest {
  prefix: string;
  delimiter: string;
  /** Keys and common prefixes up to and including this one are left out. */
  after: string;
  limit: number;
}

/** A page's entries in the order of the keys. */
export type Entry = { key: string } | { prefix: string };

/** The number of entries a request asks for. Throws InvalidArgument for a negative one. */
export const pageLimit = (name: string, asked: number | undefined): number => {
  if (asked !== undefined && asked < 0)
    throw invalidArgument('Argument must be an integer between 0 and 2147483647', name, String(asked));
  return Math.min(asked ?? mostKeys, mostKeys);
};

/** The common prefix a key is rolled into, if any. */
const commonPrefix = (key: string, { prefix, delimiter }: PageRequest): string | undefined => {
  if (delimiter === '') return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
};

/**
 * Visits keys in order from after `request.after`, rolled into common prefixes, until `visit` has taken `limit` entries.
 * `visit` answers how many entries a key made: 0 where nothing of it is listed. `truncated` tells that more would follow.
 */
export const walk = (
  index: KeyIndex<Version>,
  request: PageRequest,
  visible: (key: string) => boolean,
): { entries: Entry[]; truncated: boolean } => {
  const { prefix, after, limit } = request;
  const entries: Entry[] = [];
  const startsWith = (start: string) => (key: string) => compareKeys(key, start) > 0 && !key.startsWith(start);
  let at = prefix === '' ? 0 : index.firstWhere((key) => compareKeys(key, prefix) >= 0);
  if (after !== '') {
    // A page that ended with a common prefix goes on behind all keys in it.
    const rolled = after.startsWith(prefix) && commonPrefix(after, request) === after;
    at = Math.max(at, index.firstWhere(rolled ? startsWith(after) : (key) => compareKeys(key, after) > 0));
  }
  if (limit === 0) return { entries, truncated: false };
  for (let key = index.at(at); key !== undefined && key.startsWith(prefix); key = index.at(at)) {
    const rolled = commonPrefix(key, request);
    if (rolled === undefined) {
      at += 1;
      if (!visible(key)) continue;
      if (entries.length === limit) return { entries, truncated: true };
      entries.push({ key });
      continue;
    }
    const end = index.firstWhere(startsWith(rolled), at);
    if (hasVisible(index, at, end, visible)) {
      if (entries.length === limit) return { entries, truncated: true };
      entries.push({ prefix: rolled });
    }
    at = end;
  }
  return { entries, truncated: false };
};

const hasVisible = (index: KeyIndex<Version>, from: number, to: number, visible: (key: string) => boolean): boolean => {
  for (let at = from; at < to; at++) if (visible(index.at(at) ?? '')) return true;
  return false;
};

/** The last entry of a page, from which the next one goes on. */
export const lastOf = (entries: readonly Entry[]): string => {
  const last = entries.at(-1);
  return last === undefined ? '' : 'key' in last ? last.key : last.prefix;
};

/** Text as `encoding-type=url` wants it in answers: like a URL, with slashes left alone. */
export const encoder = (type: 'url' | undefined): (<Text extends string | undefined>(text: Text) => Text | string) =>
  type === undefined
    ? (text) => text
    : (text) =>
        text === undefined
          ? text
          : encodeURIComponent(text)
              .replace(/%2F/g, '/')
              .replace(/[!'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The right to list, with the condition keys policies use to allow certain prefixes only. */
export const listNeeds =
  (action: string) =>
  (it: {
    Bucket: string;
    Prefix?: string | undefined;
    Delimiter?: string | undefined;
    MaxKeys?: number | undefined;
  }) => [
    {
      action: `s3:${action}`,
      resource: bucketArn(it.Bucket),
      context: {
        ...(it.Prefix !== undefined && { 's3:prefix': it.Prefix }),
        ...(it.Delimiter !== undefined && { 's3:delimiter': it.Delimiter }),
        ...(it.MaxKeys !== undefined && { 's3:max-keys': String(it.MaxKeys) }),
      },
    },
  ];
