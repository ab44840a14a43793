/**
 * A pipeline file was put or deleted: its schedule follows. Events come late, twice and out of order, so what counts is the file
 * as it is now; it is looked at again afterwards, so that of two at work at once the later file wins.
 */
import * as z from 'zod';
import { InputError, PlatformError } from '../spec/errors.ts';
import { keys } from '../spec/names.ts';
import { parsePipeline } from '../spec/parsePipeline.ts';
import { pipelineName, type Pipeline } from '../spec/pipeline.ts';
import { readText } from './lib/bucket.ts';
import { define, logger } from './lib/define.ts';
import { environment } from './lib/environment.ts';
import { putSchedule, removeSchedule } from './lib/schedules.ts';

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
    let file = await readText(keys.pipeline(name));
    for (let look = 0; look < mostLooks; look++) {
      const outcome = await follow(name, file?.text);
      const now = await readText(keys.pipeline(name));
      if (now?.versionId === file?.versionId) return { pipeline: name, ...outcome };
      file = now;
    }
    throw new PlatformError({ what: 'The file changes faster than it can be followed', where: keys.pipeline(name) });
  },
});

const nameOf = (key: string): string | undefined => {
  const name = /^pipelines\/([^/]+)\.yaml$/.exec(key)?.[1];
  return pipelineName.safeParse(name).success ? name : undefined;
};

/** A file that is not valid leaves the schedule as it was. */
const follow = async (name: string, text: string | undefined) => {
  try {
    const schedule = text === undefined ? undefined : read(name, text).schedule;
    return { schedule: await (schedule ? putSchedule(name, schedule) : removeSchedule(name)) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    logger.error('The pipeline file is not valid; its schedule stays as it was.', error);
    return { invalid: error.message };
  }
};

const read = (name: string, text: string): Pipeline => {
  const where = keys.pipeline(name);
  const pipeline = parsePipeline(text, where);
  if (pipeline.name === name) return pipeline;
  throw new InputError({
    what: `The file is named ${name} but says name: ${pipeline.name}`,
    where,
    expected: 'one name',
  });
};
