/** GET /pipelines/{name}: the pipeline's file, with every default filled in, or with what is wrong with it. */
import * as z from 'zod';
import { InputError } from '../../spec/errors.ts';
import { keys } from '../../spec/names.ts';
import { maxPipelineBytes } from '../../spec/parsePipeline.ts';
import { pipelineName, pipelineSchema } from '../../spec/pipeline.ts';
import { isNoVersion } from '../lib/awsErrors.ts';
import { defineRoute, NotFound } from '../lib/defineRoute.ts';
import { checkedFile, readPipelineFile } from '../lib/pipelineFile.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';

export const handler = defineRoute(
  {
    method: 'GET',
    path: '/pipelines/{name}',
    summary: 'A pipeline: its file, every setting with its default, or what is wrong with it',
    params: pipelineParams,
    query: z.strictObject({ version: z.string().min(1).max(1024).optional() }),
    answers: {
      200: z.strictObject({
        name: pipelineName,
        versionId: z.string().optional(),
        /** The file; absent when it is larger than a pipeline file may be. */
        text: z.string().optional(),
        valid: z.boolean(),
        problem: z.string().optional(),
        pipeline: pipelineSchema.optional(),
      }),
    },
    problems: [404],
  },
  async ({ params: { name }, query: { version } }) => {
    const file = await readPipelineFile(name, version).catch((error: unknown) => {
      if (version !== undefined && isNoVersion(error)) return undefined;
      throw error;
    });
    if (!file)
      throw new NotFound({
        what: version === undefined ? `The pipeline ${name} has no file` : `${name} has no version ${version}`,
        where: keys.pipeline(name),
        todo: version === undefined ? `PUT /pipelines/${name} makes one` : `GET /pipelines/${name}/versions lists them`,
      });
    const { text, versionId } = file;
    const found = await checkedFile(name, text).then(
      (pipeline) => ({ valid: true, pipeline }),
      (error: unknown) => {
        if (!(error instanceof InputError)) throw error;
        return { valid: false, problem: error.message.slice(0, 100_000) };
      },
    );
    const isSmall = Buffer.byteLength(text) <= maxPipelineBytes;
    return { body: { name, ...(versionId && { versionId }), ...(isSmall && { text }), ...found } };
  },
);
