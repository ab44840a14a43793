/** The machine's last word: what came of the run. */
import * as z from 'zod';
import { pipelineOf } from '../spec/names.ts';
import { outcomes, redrives, runId } from '../spec/run.ts';
import { announce } from './lib/announce.ts';
import { define } from './lib/define.ts';

export const handler = define({
  input: z.strictObject({
    runId,
    outcome: z.enum(outcomes),
    summary: z.string(),
    /** The same when Step Functions asks for the same attempt again. */
    attempt: z.string().min(1).max(64),
    redrives,
  }),
  async run({ runId, outcome, summary, attempt, redrives }) {
    await announce({ runId, pipeline: pipelineOf(runId), outcome, summary: summary.slice(0, 8192) }, attempt, redrives);
    return { runId, outcome, summary };
  },
});
