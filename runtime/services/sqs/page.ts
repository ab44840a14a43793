import { invalidValue } from './errors.ts';

/** A page of up to `most` items, and the token of the next one. Throws InvalidParameterValue. */
export const pageOf = <Item>(
  items: readonly Item[],
  token: string | undefined,
  most: number,
): { page: Item[]; next: { NextToken?: string } } => {
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0) throw invalidValue('NextToken', token, 'Invalid pagination token.');
  const end = from + most;
  return { page: items.slice(from, end), next: end < items.length ? { NextToken: String(end) } : {} };
};
