import * as z from 'zod';
import { InputError } from '../../spec/errors.ts';

/** How a page is asked for: `cursor` is what the previous page answered. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(2048).optional(),
};

/** Of every answer that is a page: absent on the last one. */
export const nextCursor = z.string().optional();

/** Positions of the index byTime. */
export const inRuns = z.strictObject({
  pk: z.string().regex(/^run#[a-z0-9-]{1,53}$/),
  sk: z.literal('run'),
  listed: z.literal('runs'),
  startedAt: z.iso.datetime(),
});

/** Where a page ended, as callers give it back. */
export const writeCursor = (at: Record<string, unknown>): string =>
  Buffer.from(JSON.stringify(at)).toString('base64url');

/** Throws InputError for what no page of this list has returned: a position is held to the list's own `grammar`. */
export const readCursor = <Grammar extends z.ZodType>(cursor: string, grammar: Grammar): z.output<Grammar> => {
  try {
    return grammar.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new InputError(
      {
        what: 'The cursor is not one that a page returned',
        where: 'query, cursor',
        todo: 'Begin again without a cursor',
      },
      { cause },
    );
  }
};
