import { InputError } from '../../spec/errors.ts';
import { keys } from '../../spec/names.ts';
import { defaultPipeline, parsePipeline } from '../../spec/parsePipeline.ts';
import type { Pipeline } from '../../spec/pipeline.ts';
import { readText } from './bucket.ts';

/** The pipeline as its file says now, or all defaults where it has none. Throws InputError for a file that is wrong. */
export const readPipeline = async (name: string): Promise<{ pipeline: Pipeline; versionId?: string }> => {
  const file = await readText(keys.pipeline(name));
  const where = keys.pipeline(name);
  const pipeline = file ? parsePipeline(file.text, where) : defaultPipeline(name);
  if (pipeline.name !== name)
    throw new InputError({
      what: `The file is named ${name} but says name: ${pipeline.name}`,
      where,
      expected: 'one name',
    });
  return { pipeline, ...(file?.versionId && { versionId: file.versionId }) };
};
