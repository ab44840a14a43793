import { parse, stringify } from 'yaml';
import { keys } from '../spec/names.ts';
import { parsePipeline } from '../spec/parsePipeline.ts';
import type { Clients } from './clients.ts';
import { readText, writePipelineFile } from './dropFile.ts';
import { tell } from './terminal.ts';

export interface Wanted {
  pipeline: string;
  target?: string;
  deploy: boolean;
}

/**
 * Makes sure that the bucket has a pipeline file that says what the command line says: a new one is written, one that is
 * there keeps everything but the target that was named.
 */
export const ensurePipelineFile = async (clients: Clients, bucket: string, { pipeline, target, deploy }: Wanted) => {
  const key = keys.pipeline(pipeline);
  const text = await readText(clients, bucket, key);
  if (text === undefined) {
    const fresh = {
      name: pipeline,
      ...(target !== undefined && { data: { target } }),
      deploy: { target: deploy ? 'endpoint' : 'none' },
    };
    await writePipelineFile(clients, bucket, key, stringify(fresh));
    tell(`Wrote s3://${bucket}/${key}${target === undefined ? '' : ` with target ${target}`}`);
    return;
  }
  if (target === undefined) return;
  const present = parsePipeline(text, key);
  if (present.data.target === target) return;
  const document = parse(text) as { data?: object };
  await writePipelineFile(clients, bucket, key, stringify({ ...document, data: { ...document.data, target } }));
  tell(`Changed data.target to ${target} in s3://${bucket}/${key}`);
};
