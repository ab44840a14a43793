/**
 * DELETE /pipelines/{name}: the file goes, and its schedule with it; its versions, runs and what it has deployed stay. Drops then
 * run with every setting at its default.
 */
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { keys } from '../../spec/names.ts';
import { pipelineName } from '../../spec/pipeline.ts';
import { headOf } from '../lib/bucket.ts';
import { s3 } from '../lib/clients.ts';
import { defineRoute, NotFound } from '../lib/defineRoute.ts';
import { environment } from '../lib/environment.ts';
import { findEndpoint } from '../lib/findEndpoint.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';
import { endpointOf } from '../lib/stack.ts';

export const handler = defineRoute(
  {
    method: 'DELETE',
    path: '/pipelines/{name}',
    summary: 'Takes a pipeline’s file away; its earlier versions, its runs and what it has deployed stay',
    params: pipelineParams,
    answers: {
      200: z.strictObject({
        name: pipelineName,
        deleted: z.boolean(),
        /** An endpoint that stands on and costs money: DELETE /pipelines/{name}/endpoint deletes it. */
        endpointName: z.string().optional(),
      }),
    },
    problems: [404],
  },
  async ({ params: { name } }) => {
    const Key = keys.pipeline(name);
    if (!(await headOf(Key))) throw new NotFound({ what: `The pipeline ${name} has no file`, where: Key });
    await s3().send(new DeleteObjectCommand({ Bucket: environment('BUCKET_NAME'), Key }));
    const endpoint = await findEndpoint(endpointOf(name));
    return { body: { name, deleted: true, ...(endpoint && { endpointName: endpointOf(name) }) } };
  },
);
