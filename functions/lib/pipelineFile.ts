import { checkPipeline } from '../../spec/checkPipeline.ts';
import { keys } from '../../spec/names.ts';
import { maxPipelineBytes, parsePipelineOf } from '../../spec/parsePipeline.ts';
import type { Pipeline } from '../../spec/pipeline.ts';
import { readStart } from './bucket.ts';
import { environment } from './environment.ts';
import { readPrices } from './readPrices.ts';

/** A pipeline's file as it is now or was in one `version`: of one that is too large as much as it takes to refuse it. */
export const readPipelineFile = (name: string, version?: string) =>
  readStart(keys.pipeline(name), maxPipelineBytes, version);

/** A pipeline file held to everything that needs no data. Throws InputError. */
export const checkedFile = async (name: string, text: string): Promise<Pipeline> => {
  const where = keys.pipeline(name);
  const pipeline = parsePipelineOf(name, text, where);
  checkPipeline(pipeline, { where, region: environment('AWS_REGION'), ownPrices: await readPrices() });
  return pipeline;
};
