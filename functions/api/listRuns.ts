/** GET /runs: newest first. */
import * as z from 'zod';
import { runRecord } from '../../spec/run.ts';
import { inRuns, nextCursor, pageQuery, readCursor, writeCursor } from '../lib/cursor.ts';
import { defineRoute } from '../lib/defineRoute.ts';
import { listRuns } from '../lib/ledger/runs.ts';

export const handler = defineRoute(
  {
    method: 'GET',
    path: '/runs',
    summary: 'The runs of all pipelines, newest first',
    query: z.strictObject(pageQuery),
    answers: { 200: z.strictObject({ runs: z.array(runRecord), cursor: nextCursor }) },
  },
  async ({ query: { limit, cursor } }) => {
    const page = await listRuns(limit, cursor === undefined ? undefined : readCursor(cursor, inRuns));
    return { body: { runs: page.runs, ...(page.cursor && { cursor: writeCursor(page.cursor) }) } };
  },
);
