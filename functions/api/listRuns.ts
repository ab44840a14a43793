/** GET /runs: newest first, `limit` (1 to 100) a page, `cursor` from the previous page. */
import * as z from 'zod';
import { InputError } from '../../spec/errors.ts';
import { readCursor, writeCursor } from '../lib/cursor.ts';
import { defineRoute } from '../lib/defineRoute.ts';
import { listRuns } from '../lib/ledger/runs.ts';

const query = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(2048).optional(),
});

export const handler = defineRoute(async (event) => {
  const parsed = query.safeParse(event.queryStringParameters ?? {});
  if (!parsed.success) throw new InputError({ what: z.prettifyError(parsed.error), where: 'query' });
  const page = await listRuns(parsed.data.limit, parsed.data.cursor ? readCursor(parsed.data.cursor) : undefined);
  const cursor = page.cursor && writeCursor(page.cursor);
  return { body: { runs: page.runs, ...(cursor && { cursor }) } };
});
