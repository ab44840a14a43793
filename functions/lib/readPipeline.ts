import { keys } from '../../spec/names.ts';
import { defaultPipeline, parsePipelineOf } from '../../spec/parsePipeline.ts';
import type { Pipeline } from '../../spec/pipeline.ts';
import { readPipelineFile } from './pipelineFile.ts';

/** The pipeline as its file says now, or all defaults where it has none. Throws InputError for a file that is wrong. */
export const readPipeline = async (name: string): Promise<{ pipeline: Pipeline; versionId?: string }> => {
  const file = await readPipelineFile(name);
  const pipeline = file ? parsePipelineOf(name, file.text, keys.pipeline(name)) : defaultPipeline(name);
  return { pipeline, ...(file?.versionId && { versionId: file.versionId }) };
};
