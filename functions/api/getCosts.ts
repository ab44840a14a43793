/** GET /costs: what the runs that began in a month have cost, by pipeline. */
import * as z from 'zod';
import { addCosts, pipelineCosts, type PipelineCosts } from '../../spec/costs.ts';
import { pipelineName } from '../../spec/pipeline.ts';
import { inRuns, nextCursor, pageQuery, readCursor, writeCursor } from '../lib/cursor.ts';
import { defineRoute } from '../lib/defineRoute.ts';
import { costsOfMonth } from '../lib/ledger/costs.ts';

const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month such as 2026-11');

/** One answer reads no more of the ledger than fits into its time; `cursor` then leads to the sums of the rest. */
const mostPages = 10;

export const handler = defineRoute(
  {
    method: 'GET',
    path: '/costs',
    summary: 'What the runs that began in a month (UTC; default: the present one) have cost, by pipeline',
    query: z.strictObject({ month: month.optional(), pipeline: pipelineName.optional(), cursor: pageQuery.cursor }),
    answers: { 200: z.strictObject({ month, pipelines: z.array(pipelineCosts), cursor: nextCursor }) },
  },
  async ({ query: { month = new Date().toISOString().slice(0, 7), pipeline, cursor } }) => {
    let pipelines: PipelineCosts[] = [];
    let at: Record<string, unknown> | undefined = cursor === undefined ? undefined : readCursor(cursor, inRuns);
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
  },
);
