/** POST /pipelines/{name}/runs: runs a pipeline on a file that is in the bucket already. */
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { InputError } from '../../spec/errors.ts';
import { startedSchema, type ObjectVersion } from '../../spec/run.ts';
import { isAws, isNoVersion } from '../lib/awsErrors.ts';
import { s3 } from '../lib/clients.ts';
import { defineRoute } from '../lib/defineRoute.ts';
import { environment } from '../lib/environment.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';
import { start } from '../lib/start.ts';

const idempotencyKey = z.string().min(1).max(256);
const runBody = z.strictObject({
  /** Key of the file in the bucket of this service. */
  key: z
    .string()
    .min(1)
    .max(1024)
    .regex(/^drop\//, 'a key below drop/'),
  versionId: z.string().min(1).max(1024).optional(),
  /** Or in the header idempotency-key. */
  idempotencyKey: idempotencyKey.optional(),
});

export const handler = defineRoute(
  {
    method: 'POST',
    path: '/pipelines/{name}/runs',
    operationId: 'startRun',
    summary:
      'Runs a pipeline on a file that is in the bucket already; with the same idempotency key it is the same run',
    params: pipelineParams,
    headers: z.object({ 'idempotency-key': idempotencyKey.optional() }),
    body: { 'application/json': runBody },
    answers: { 200: startedSchema, 202: startedSchema },
  },
  async ({ params: { name }, headers, body }) => {
    const { key, versionId } = body;
    const fromHeader = headers['idempotency-key'];
    const { idempotencyKey = fromHeader } = body;
    if (fromHeader !== undefined && fromHeader !== idempotencyKey)
      throw new InputError({
        what: 'The header idempotency-key and idempotencyKey of the body differ',
        where: 'headers, idempotency-key',
        expected: 'one key',
      });
    const source = await pinned(key, versionId);
    const begun = await start({
      pipeline: name,
      source,
      trigger: 'http',
      ...(idempotencyKey && { idempotencyKey }),
    });
    return { status: begun.started || begun.queued ? 202 : 200, body: begun };
  },
);

/** The version that is current now, so that a run never reads a file that changes under it. */
const pinned = async (key: string, versionId?: string): Promise<ObjectVersion> => {
  const bucket = environment('BUCKET_NAME');
  try {
    const head = await s3().send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    return { bucket, key, ...(head.VersionId && { versionId: head.VersionId }) };
  } catch (cause) {
    if (!(versionId === undefined ? isAws(cause, ['NotFound', 'NoSuchKey']) : isNoVersion(cause))) throw cause;
    const version = versionId === undefined ? '' : `, version ${versionId}`;
    throw new InputError(
      { what: 'There is no such object', where: `s3://${bucket}/${key}${version}`, todo: 'Upload it first.' },
      { cause },
    );
  }
};
