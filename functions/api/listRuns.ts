/** GET /runs: newest first, `limit` (1 to 100) a page, `cursor` from the previous page. */
import * as z from 'zod';
import { InputError } from '../../spec/errors.ts';
import { defineRoute } from '../lib/defineRoute.ts';
import { listRuns } from '../lib/ledger/runs.ts';

const query = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(2048).optional(),
});
const position = z.strictObject({ pk: z.string(), sk: z.string(), listed: z.string(), startedAt: z.string() });

export const handler = defineRoute(async (event) => {
  const parsed = query.safeParse(event.queryStringParameters ?? {});
  if (!parsed.success) throw new InputError({ what: z.prettifyError(parsed.error), where: 'query' });
  const page = await listRuns(parsed.data.limit, parsed.data.cursor ? decode(parsed.data.cursor) : undefined);
  const cursor = page.cursor && Buffer.from(JSON.stringify(page.cursor)).toString('base64url');
  return { body: { runs: page.runs, ...(cursor && { cursor }) } };
});

const decode = (cursor: string) => {
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new InputError({ what: 'The cursor is not one that a page returned', where: 'query, cursor' }, { cause });
  }
};
