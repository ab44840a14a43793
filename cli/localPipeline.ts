import { readFile } from 'node:fs/promises';
import { checkPipeline, type CheckedPipeline } from '../spec/checkPipeline.ts';
import { parsePipeline } from '../spec/parsePipeline.ts';
import type { Pipeline } from '../spec/pipeline.ts';
import type { PriceDocument } from '../spec/prices.ts';
import { readableFile } from './dropFile.ts';

export interface LocalPipeline extends CheckedPipeline {
  file: string;
  text: string;
  pipeline: Pipeline;
}

/** Images are checked for this one: no algorithm is missing in any. */
const region = 'eu-west-1';

/** A pipeline file of this machine, held to everything that needs no data. Throws UsageError, or InputError for what is wrong with it. */
export const readPipelineFile = async (file: string, ownPrices?: PriceDocument): Promise<LocalPipeline> => {
  await readableFile(file);
  const text = await readFile(file, 'utf8');
  const pipeline = parsePipeline(text, file);
  return { file, text, pipeline, ...checkPipeline(pipeline, { where: file, region, ownPrices }) };
};
