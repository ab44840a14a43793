/** What the List operations have in common: filters, order and pages. */
import * as z from 'zod';
import { validationError } from './failures.ts';

/** What filters and order look at. Times are epoch seconds. */
export interface Listed {
  name: string;
  created: number;
  modified?: number;
  status?: string;
}

export interface ListRequest {
  NextToken?: string | undefined;
  MaxResults?: number | undefined;
  NameContains?: string | undefined;
  CreationTimeAfter?: number | undefined;
  CreationTimeBefore?: number | undefined;
  LastModifiedTimeAfter?: number | undefined;
  LastModifiedTimeBefore?: number | undefined;
  StatusEquals?: string | undefined;
  SortBy?: string | undefined;
  SortOrder?: 'Ascending' | 'Descending' | undefined;
}

type Rank = readonly [value: string | number, name: string];

const sortValue: Readonly<Record<string, (item: Listed) => string | number>> = {
  Name: ({ name }) => name,
  CreationTime: ({ created }) => created,
  LastModifiedTime: ({ modified, created }) => modified ?? created,
  Status: ({ status }) => status ?? '',
};

const compare = (a: Rank, b: Rank): number => {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] === b[1] ? 0 : a[1] < b[1] ? -1 : 1;
};

const rankGrammar = z.tuple([z.union([z.string(), z.number()]), z.string()]);

const encode = (rank: Rank): string => Buffer.from(JSON.stringify(rank)).toString('base64url');

const decode = (token: string): Rank => {
  try {
    return rankGrammar.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
  } catch {
    throw validationError('Invalid pagination token');
  }
};

const matches = (request: ListRequest, { name, created, modified = created, status }: Listed): boolean =>
  name.toLowerCase().includes((request.NameContains ?? '').toLowerCase()) &&
  created > (request.CreationTimeAfter ?? -Infinity) &&
  created < (request.CreationTimeBefore ?? Infinity) &&
  modified > (request.LastModifiedTimeAfter ?? -Infinity) &&
  modified < (request.LastModifiedTimeBefore ?? Infinity) &&
  (request.StatusEquals === undefined || status === request.StatusEquals);

/**
 * One page. `key` says what filters and order see of an item; `defaults` are those of the operation. A token holds the place
 * of the last item, so that things made meanwhile shift no page.
 */
export const page = <Item>(
  items: readonly Item[],
  request: ListRequest,
  key: (item: Item) => Listed,
  order: 'Ascending' | 'Descending',
): { items: Item[]; NextToken?: string } => {
  const value = sortValue[request.SortBy ?? 'CreationTime'] ?? sortValue['CreationTime']!;
  const direction = (request.SortOrder ?? order) === 'Ascending' ? 1 : -1;
  const after = request.NextToken === undefined ? undefined : decode(request.NextToken);
  const ranked = items
    .map((item) => ({ item, listed: key(item) }))
    .filter(({ listed }) => matches(request, listed))
    .map(({ item, listed }) => ({ item, rank: [value(listed), listed.name] as const }))
    .filter(({ rank }) => after === undefined || direction * compare(rank, after) > 0)
    .sort((a, b) => direction * compare(a.rank, b.rank));
  const shown = ranked.slice(0, request.MaxResults ?? 10);
  const last = shown.at(-1);
  return {
    items: shown.map(({ item }) => item),
    ...(last && ranked.length > shown.length && { NextToken: encode(last.rank) }),
  };
};
