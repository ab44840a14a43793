/** GET /pipelines: every pipeline that has a file, in the order of their names. */
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { pipelineName } from '../../spec/pipeline.ts';
import { pipelineOfKey, pipelinesPrefix } from '../../spec/names.ts';
import { s3 } from '../lib/clients.ts';
import { nextCursor, pageQuery, readCursor, writeCursor } from '../lib/cursor.ts';
import { defineRoute } from '../lib/defineRoute.ts';
import { environment } from '../lib/environment.ts';
import { getPipelineFile } from '../lib/ledger/pipelineFiles.ts';

const position = z.strictObject({ after: z.string().startsWith(pipelinesPrefix).max(1024) });

const listed = z
  .strictObject({
    name: pipelineName,
    changedAt: z.string(),
    bytes: z.int(),
    /** Absent until the file has been looked at, a moment after it came. */
    valid: z.boolean().optional(),
    problem: z.string().optional(),
  })
  .meta({ id: 'ListedPipeline' });

export const handler = defineRoute(
  {
    method: 'GET',
    path: '/pipelines',
    summary: 'Every pipeline that has a file, by name',
    query: z.strictObject(pageQuery),
    answers: { 200: z.strictObject({ pipelines: z.array(listed), cursor: nextCursor }) },
  },
  async ({ query: { limit, cursor } }) => {
    const after = cursor === undefined ? undefined : readCursor(cursor, position).after;
    const { Contents = [], IsTruncated } = await s3().send(
      new ListObjectsV2Command({
        Bucket: environment('BUCKET_NAME'),
        Prefix: pipelinesPrefix,
        MaxKeys: limit,
        StartAfter: after,
      }),
    );
    const pipelines = Contents.flatMap(({ Key = '', LastModified, Size = 0 }) => {
      const name = pipelineOfKey(Key);
      const isName = pipelineName.safeParse(name).success;
      return name !== undefined && isName
        ? [{ name, changedAt: (LastModified ?? new Date(0)).toISOString(), bytes: Size }]
        : [];
    });
    const last = IsTruncated ? Contents.at(-1)?.Key : undefined;
    return {
      body: {
        pipelines: await Promise.all(pipelines.map(withResult)),
        ...(last !== undefined && { cursor: writeCursor({ after: last }) }),
      },
    };
  },
);

const withResult = async (pipeline: { name: string; changedAt: string; bytes: number }) => {
  const found = await getPipelineFile(pipeline.name);
  return { ...pipeline, ...(found && { valid: found.valid, ...(found.problem && { problem: found.problem }) }) };
};
