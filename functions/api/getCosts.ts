/** GET /costs: what the runs that began in `month` (2026-11, UTC; default: the present one) have cost, by pipeline. */
import * as z from 'zod';
import { addCosts, type PipelineCosts } from '../../spec/costs.ts';
import { InputError } from '../../spec/errors.ts';
import { pipelineName } from '../../spec/pipeline.ts';
import { readCursor, writeCursor } from '../lib/cursor.ts';
import { defineRoute } from '../lib/defineRoute.ts';
import { costsOfMonth } from '../lib/ledger/costs.ts';

const query = z.object({
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month such as 2026-11')
    .default(() => new Date().toISOString().slice(0, 7)),
  pipeline: pipelineName.optional(),
  cursor: z.string().max(2048).optional(),
});

/** One answer reads no more of the ledger than fits into its time; `cursor` then leads to the sums of the rest. */
const mostPages = 10;

export const handler = defineRoute(async (event) => {
  const parsed = query.safeParse(event.queryStringParameters ?? {});
  if (!parsed.success) throw new InputError({ what: z.prettifyError(parsed.error), where: 'query' });
  const { month, pipeline, cursor } = parsed.data;
  let pipelines: PipelineCosts[] = [];
  let at = cursor === undefined ? undefined : readCursor(cursor);
  for (let pages = 0; pages < mostPages; pages++) {
    const page = await costsOfMonth(month, pipeline, at);
    pipelines = addCosts(
      pipelines,
      page.runs.map(({ pipeline: name, costUsd = 0, costUnknown = [] }) => ({
        pipeline: name,
        runs: 1,
        usd: costUsd,
        unknown: costUnknown,
      })),
    );
    at = page.cursor;
    if (!at) break;
  }
  return { body: { month, pipelines, ...(at && { cursor: writeCursor(at) }) } };
});
