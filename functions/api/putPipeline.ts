/** PUT /pipelines/{name}: checks a pipeline file and makes it the pipeline's newest version; the same text again is no new one. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { keys } from '../../spec/names.ts';
import { pipelineName, pipelineSchema } from '../../spec/pipeline.ts';
import { s3 } from '../lib/clients.ts';
import { defineRoute } from '../lib/defineRoute.ts';
import { environment } from '../lib/environment.ts';
import { checkedFile, readPipelineFile } from '../lib/pipelineFile.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';
import { unread } from '../lib/shownAs.ts';

const written = z.strictObject({
  name: pipelineName,
  versionId: z.string().optional(),
  /** False when the file said the same before. */
  changed: z.boolean(),
});

/** Read as the file it becomes, so that what is wrong is told in the file's own terms. */
const anyJson = unread(pipelineSchema);

export const handler = defineRoute(
  {
    method: 'PUT',
    path: '/pipelines/{name}',
    summary: 'Checks a pipeline file and makes it the newest version of the pipeline',
    params: pipelineParams,
    body: { 'application/yaml': z.string().describe('pipelines/<name>.yaml'), 'application/json': anyJson },
    answers: { 200: written, 201: written },
  },
  async ({ params: { name }, body }) => {
    const text = typeof body === 'string' ? body : `${JSON.stringify(body, null, 2)}\n`;
    await checkedFile(name, text);
    const key = keys.pipeline(name);
    const before = await readPipelineFile(name);
    if (before?.text === text)
      return { body: { name, ...(before.versionId && { versionId: before.versionId }), changed: false } };
    const { VersionId } = await s3().send(
      new PutObjectCommand({
        Bucket: environment('BUCKET_NAME'),
        Key: key,
        Body: text,
        ContentType: 'application/yaml',
      }),
    );
    return { status: before ? 200 : 201, body: { name, ...(VersionId && { versionId: VersionId }), changed: true } };
  },
);
