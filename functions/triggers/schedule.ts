/** A tick of a pipeline's schedule starts a run on the drop of that time. A tick is one run, however often it is delivered. */
import * as z from 'zod';
import { pipelineName } from '../../spec/pipeline.ts';
import { define } from '../lib/define.ts';
import { dropAt } from '../lib/dropAt.ts';
import { start } from '../lib/start.ts';
import { triggerSettings } from '../lib/triggerSettings.ts';

/** What lib/schedules.ts has EventBridge Scheduler send. */
const tick = z.strictObject({
  pipeline: pipelineName,
  source: z.string().min(1).max(1024),
  scheduledTime: z.iso.datetime(),
});

export const handler = define({
  input: tick,
  async run({ pipeline, source, scheduledTime }) {
    const { on } = await triggerSettings(pipeline);
    return start(
      {
        pipeline,
        source: await dropAt(pipeline, source, new Date(scheduledTime), on),
        trigger: 'schedule',
        idempotencyKey: scheduledTime,
      },
      { at: scheduledTime },
    );
  },
});
