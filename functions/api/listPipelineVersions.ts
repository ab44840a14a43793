/** GET /pipelines/{name}/versions: every version of the pipeline's file, newest first. */
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { keys } from '../../spec/names.ts';
import { s3 } from '../lib/clients.ts';
import { nextCursor, pageQuery, readCursor, writeCursor } from '../lib/cursor.ts';
import { defineRoute, NotFound } from '../lib/defineRoute.ts';
import { environment } from '../lib/environment.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';

const version = z
  .strictObject({
    versionId: z.string(),
    changedAt: z.string(),
    /** Whether it is the one that runs follow now. */
    latest: z.boolean(),
    /** The file was taken away here. */
    deleted: z.literal(true).optional(),
    bytes: z.int().optional(),
  })
  .meta({ id: 'PipelineVersion' });

export const handler = defineRoute(
  {
    method: 'GET',
    path: '/pipelines/{name}/versions',
    summary: 'Every version of a pipeline’s file, newest first; plan.pipelineVersionId of a run is one of them',
    params: pipelineParams,
    query: z.strictObject(pageQuery),
    answers: { 200: z.strictObject({ versions: z.array(version), cursor: nextCursor }) },
    problems: [404],
  },
  async ({ params: { name }, query: { limit, cursor } }) => {
    const key = keys.pipeline(name);
    const position = z.strictObject({ key: z.literal(key), version: z.string().min(1).max(1024) });
    const at = cursor === undefined ? undefined : readCursor(cursor, position);
    const page = await s3().send(
      new ListObjectVersionsCommand({
        Bucket: environment('BUCKET_NAME'),
        Prefix: key,
        MaxKeys: limit,
        ...(at && { KeyMarker: at.key, VersionIdMarker: at.version }),
      }),
    );
    const { Versions = [], DeleteMarkers = [], IsTruncated, NextKeyMarker, NextVersionIdMarker } = page;
    const all = [
      ...Versions.map(({ Size: bytes = 0, ...it }) => ({ ...it, told: { bytes } })),
      ...DeleteMarkers.map((it) => ({ ...it, told: { deleted: true as const } })),
    ];
    const versions = all
      // Other keys may begin with this one.
      .filter(({ Key }) => Key === key)
      .map(({ VersionId = 'null', LastModified = new Date(0), IsLatest = false, told }) => ({
        versionId: VersionId,
        changedAt: LastModified.toISOString(),
        latest: IsLatest,
        ...told,
      }))
      // Each sort comes newest first, and S3 tells times in seconds: the order within one stays.
      .toSorted((a, b) => Number(b.latest) - Number(a.latest) || b.changedAt.localeCompare(a.changedAt));
    if (versions.length === 0 && !at)
      throw new NotFound({ what: `The pipeline ${name} has never had a file`, where: key });
    const goesOn = IsTruncated && NextKeyMarker === key && NextVersionIdMarker;
    return { body: { versions, ...(goesOn && { cursor: writeCursor({ key, version: NextVersionIdMarker }) }) } };
  },
);
