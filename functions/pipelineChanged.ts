/**
 * A pipeline file was put or deleted: it is checked, and its schedules follow. Events come late, twice and out of order, so what counts is the file
 * as it is now; it is looked at again afterwards, so that of two at work at once the later file wins.
 */
import * as z from 'zod';
import { InputError, PlatformError } from '../spec/errors.ts';
import { keys, pipelineOfKey } from '../spec/names.ts';
import { pipelineName } from '../spec/pipeline.ts';
import type { ScheduleSetting } from '../spec/schedule.ts';
import { define, logger } from './lib/define.ts';
import { environment } from './lib/environment.ts';
import { forgetPipelineFile, keepPipelineFile } from './lib/ledger/pipelineFiles.ts';
import { checkedFile, readPipelineFile } from './lib/pipelineFile.ts';
import { putSchedule, removeSchedule, type Purpose } from './lib/schedules.ts';

const objectChanged = z.object({
  detail: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string().max(1024) }) }),
});

/** More changes than this during one call are left to the next event. */
const mostLooks = 10;

export const handler = define({
  input: objectChanged,
  async run({ detail: { bucket, object } }) {
    const name = bucket.name === environment('BUCKET_NAME') ? nameOf(object.key) : undefined;
    if (name === undefined) {
      logger.warn('Ignored: a pipeline file is pipelines/<name>.yaml.', { key: object.key });
      return { ignored: object.key };
    }
    let file = await readPipelineFile(name);
    for (let look = 0; look < mostLooks; look++) {
      const outcome = await follow(name, file);
      const now = await readPipelineFile(name);
      if (now?.versionId === file?.versionId) return { pipeline: name, ...outcome };
      file = now;
    }
    throw new PlatformError({ what: 'The file changes faster than it can be followed', where: keys.pipeline(name) });
  },
});

const nameOf = (key: string): string | undefined => {
  const name = pipelineOfKey(key);
  return pipelineName.safeParse(name).success ? name : undefined;
};

/** A file that is not valid leaves the schedules as they were; the ledger says why. */
const follow = async (name: string, file: { text: string; versionId?: string } | undefined) => {
  const set = (purpose: Purpose, setting: ScheduleSetting | undefined) =>
    setting ? putSchedule(name, purpose, setting) : removeSchedule(name, purpose);
  if (!file) {
    const followed = { schedule: await set('train', undefined), scoring: await set('score', undefined) };
    await forgetPipelineFile(name);
    return followed;
  }
  const { versionId } = file;
  try {
    const { schedule, batch } = await checkedFile(name, file.text);
    const followed = { schedule: await set('train', schedule), scoring: await set('score', batch.schedule) };
    await keepPipelineFile(name, { valid: true, ...(versionId && { versionId }) });
    return followed;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    logger.error('The pipeline file is not valid; its schedules stay as they were.', error);
    await keepPipelineFile(name, { valid: false, problem: error.message, ...(versionId && { versionId }) });
    return { invalid: error.message };
  }
};
