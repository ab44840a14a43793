import * as z from 'zod';
import { InputError } from '../../spec/errors.ts';

const position = z.strictObject({ pk: z.string(), sk: z.string(), listed: z.string(), startedAt: z.string() });

/** Where a page of the index byTime ended, as callers give it back. */
export const writeCursor = (at: Record<string, unknown>): string =>
  Buffer.from(JSON.stringify(at)).toString('base64url');

/** Throws InputError for what no page has returned. */
export const readCursor = (cursor: string): Record<string, unknown> => {
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new InputError({ what: 'The cursor is not one that a page returned', where: 'query, cursor' }, { cause });
  }
};
