import { keys } from '../../spec/names.ts';
import { defaultPipeline, parsePipeline } from '../../spec/parsePipeline.ts';
import type { Pipeline } from '../../spec/pipeline.ts';
import { InputError } from '../../spec/errors.ts';
import { readPipelineFile } from './pipelineFile.ts';

/** How drops of a pipeline are taken, as its file says now. A file that is not valid is told by Plan, in a run. */
export const triggerSettings = async (pipeline: string): Promise<Pipeline['trigger']> =>
  (await validPipeline(pipeline)).trigger;

/** The same of files to be scored. */
export const batchSettings = async (pipeline: string): Promise<Pipeline['batch']> =>
  (await validPipeline(pipeline)).batch;

const validPipeline = async (pipeline: string): Promise<Pipeline> => {
  const file = await readPipelineFile(pipeline);
  try {
    return file ? parsePipeline(file.text, keys.pipeline(pipeline)) : defaultPipeline(pipeline);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return defaultPipeline(pipeline);
  }
};
