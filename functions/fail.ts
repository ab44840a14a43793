/**
 * The end of the failure path: ends the execution with the error that the run failed with. A task, and no Fail state, because a
 * redrive begins with what was not successful, and a Fail state can only fail again: asked in a redrive, it lets the machine go on.
 */
import * as z from 'zod';
import { InputError } from '../spec/errors.ts';
import { runId } from '../spec/run.ts';
import { define } from './lib/define.ts';

export const handler = define({
  input: z.strictObject({
    runId,
    error: z.string(),
    cause: z.string(),
    /** Whether the execution was redriven since it failed. */
    redriven: z.boolean(),
  }),
  async run({ runId, error, cause, redriven }) {
    if (redriven) return { runId };
    // Of a family, whatever its name: so it leaves as it came.
    throw Object.assign(new InputError({ what: cause }), { name: error, message: cause });
  },
});
