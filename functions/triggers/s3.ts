/** A file dropped under drop/ starts a run. The object's version is pinned: a later drop of the same key is another run. */
import * as z from 'zod';
import { pipelineName } from '../../spec/pipeline.ts';
import { define, logger } from '../lib/define.ts';
import { start } from '../lib/start.ts';

/** EventBridge delivers one object per event, as `detail` (S3 User Guide: EventBridge event message structure). */
const objectCreated = z.object({
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string(), 'version-id': z.string().optional(), size: z.number().optional() }),
  }),
});

export const handler = define({
  input: objectCreated,
  async run({ detail: { bucket, object } }) {
    const pipeline = pipelineOfKey(object.key);
    if (!pipeline) {
      logger.warn('Ignored: a drop belongs to drop/<pipeline>/<file>.', { key: object.key });
      return { started: false };
    }
    const versionId = object['version-id'];
    return start({
      pipeline,
      source: { bucket: bucket.name, key: object.key, ...(versionId && { versionId }) },
      trigger: 's3',
    });
  },
});

/** `drop/<pipeline>/<file>`; undefined for folder markers and for names no pipeline can have. */
const pipelineOfKey = (key: string): string | undefined => {
  const [, pipeline, ...rest] = key.split('/');
  const isFile = rest.length > 0 && rest.at(-1) !== '';
  return isFile && pipelineName.safeParse(pipeline).success ? pipeline : undefined;
};
