/** GET /openapi.json: what this API takes and answers. */
import * as z from 'zod';
import document from '../../docs/openapi.json' with { type: 'json' };
import { defineRoute } from '../lib/defineRoute.ts';

export const handler = defineRoute(
  {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document',
    answers: { 200: z.looseObject({ openapi: z.string() }) },
  },
  async () => ({ body: document }),
);
