/** A tick of a pipeline's schedule starts a run, or scores, on the drop of that time. A tick is one run, however often it is delivered. */
import * as z from 'zod';
import { pipelineName } from '../../spec/pipeline.ts';
import { define } from '../lib/define.ts';
import { dropAt } from '../lib/dropAt.ts';
import { start } from '../lib/start.ts';
import { startScoring } from '../lib/startScoring.ts';
import { batchSettings, triggerSettings } from '../lib/triggerSettings.ts';

/** What lib/schedules.ts has EventBridge Scheduler send. */
const tick = z.strictObject({
  pipeline: pipelineName,
  purpose: z.enum(['train', 'score']).default('train'),
  source: z.string().min(1).max(1024),
  scheduledTime: z.iso.datetime(),
});

export const handler = define({
  input: tick,
  async run({ pipeline, purpose, source, scheduledTime }) {
    if (purpose === 'score') return score(pipeline, source, scheduledTime);
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

const score = async (pipeline: string, source: string, scheduledTime: string) => {
  const { on } = await batchSettings(pipeline);
  const kinds = on === 'none' ? 'object' : on;
  return startScoring({
    pipeline,
    source: await dropAt(pipeline, source, new Date(scheduledTime), kinds, 'score'),
    trigger: 'schedule',
    idempotencyKey: scheduledTime,
  });
};
