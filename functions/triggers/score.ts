/** A file dropped under score/, or what closes a set of files, is scored with the deployed model; a later version is another run. */
import * as z from 'zod';
import { dropOf, startsOn } from '../../spec/dropKey.ts';
import { define, logger } from '../lib/define.ts';
import { environment } from '../lib/environment.ts';
import { startScoring } from '../lib/startScoring.ts';
import { batchSettings } from '../lib/triggerSettings.ts';

/** EventBridge delivers one object per event, as `detail` (S3 User Guide: EventBridge event message structure). */
const objectCreated = z.object({
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string().max(1024), 'version-id': z.string().optional() }),
  }),
});

export const handler = define({
  input: objectCreated,
  async run({ detail: { bucket, object } }) {
    const { key } = object;
    if (bucket.name !== environment('BUCKET_NAME')) return ignored(key, `it lies in another bucket, ${bucket.name}`);
    const drop = dropOf(key, 'score');
    if ('ignored' in drop) return ignored(key, drop.ignored);
    const { pipeline, kind } = drop;
    const { on } = await batchSettings(pipeline);
    if (on === 'none' || !startsOn[on].includes(kind)) return ignored(key, `${pipeline} scores on: ${on}`);
    const versionId = object['version-id'];
    const source = { bucket: bucket.name, key, ...(versionId && { versionId }) };
    return startScoring({ pipeline, source, trigger: 's3' });
  },
});

const ignored = (key: string, why: string) => {
  logger.warn(`Ignored: ${why}.`, { key });
  return { started: false, ignored: why };
};
