/** The machine's last word: what came of the run. */
import * as z from 'zod';
import { pipelineOf } from '../spec/names.ts';
import { outcomes, runId } from '../spec/run.ts';
import { announce } from './lib/announce.ts';
import { define } from './lib/define.ts';

export const handler = define({
  input: z.strictObject({ runId, outcome: z.enum(outcomes), summary: z.string() }),
  async run({ runId, outcome, summary }) {
    await announce({ runId, pipeline: pipelineOf(runId), outcome, summary: summary.slice(0, 8192) });
    return { runId, outcome, summary };
  },
});
