/**
 * A file dropped under drop/, or what closes a set of files, starts a run. Versions are pinned: a later drop of the same key is
 * another run.
 */
import * as z from 'zod';
import { dropOf } from '../../spec/dropKey.ts';
import { define, logger } from '../lib/define.ts';
import { environment } from '../lib/environment.ts';
import { start } from '../lib/start.ts';

/** EventBridge delivers one object per event, as `detail` (S3 User Guide: EventBridge event message structure). */
const objectCreated = z.object({
  'detail-type': z.literal('Object Created').optional(),
  time: z.iso.datetime({ offset: true }).optional().catch(undefined),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({
      key: z.string().max(1024),
      'version-id': z.string().optional(),
      sequencer: z
        .string()
        .regex(/^[0-9a-f]{1,64}$/i)
        .optional()
        .catch(undefined),
    }),
  }),
});

export const handler = define({
  input: objectCreated,
  async run({ time, detail: { bucket, object } }) {
    const { key, sequencer } = object;
    if (bucket.name !== environment('BUCKET_NAME')) return ignored(key, `it lies in another bucket, ${bucket.name}`);
    const drop = dropOf(key);
    if ('ignored' in drop) return ignored(key, drop.ignored);
    const versionId = object['version-id'];
    const begun = await start(
      {
        pipeline: drop.pipeline,
        source: { bucket: bucket.name, key, ...(versionId && { versionId }) },
        trigger: 's3',
      },
      { at: time, sequencer, kind: drop.kind },
    );
    return begun.ignored === undefined ? begun : ignored(key, begun.ignored);
  },
});

const ignored = (key: string, why: string) => {
  logger.warn(`Ignored: ${why}.`, { key });
  return { started: false, ignored: why };
};
