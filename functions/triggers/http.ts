/** POST /pipelines/{name}/runs: runs a pipeline on a file that is in the bucket already. */
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { InputError } from '../../spec/errors.ts';
import { pipelineName } from '../../spec/pipeline.ts';
import type { ObjectVersion } from '../../spec/run.ts';
import { isAws } from '../lib/awsErrors.ts';
import { s3 } from '../lib/clients.ts';
import { defineRoute, jsonOf } from '../lib/defineRoute.ts';
import { environment } from '../lib/environment.ts';
import { start } from '../lib/start.ts';

const runBody = z.strictObject({
  /** Key of the file in the bucket of this service. */
  key: z.string().min(1).max(1024).startsWith('drop/'),
  versionId: z.string().min(1).max(1024).optional(),
  idempotencyKey: z.string().min(1).max(256).optional(),
});

export const handler = defineRoute(async (event) => {
  const name = pipelineName.safeParse(event.pathParameters?.['name']);
  if (!name.success) throw new InputError({ what: z.prettifyError(name.error), where: 'path, name' });
  const header = event.headers['idempotency-key'];
  const given = jsonOf(event);
  const body = runBody.safeParse(header && typeof given === 'object' ? { idempotencyKey: header, ...given } : given);
  if (!body.success) throw new InputError({ what: z.prettifyError(body.error), where: 'body' });
  const { key, versionId, idempotencyKey } = body.data;
  const source = await pinned(key, versionId);
  const begun = await start({
    pipeline: name.data,
    source,
    trigger: 'http',
    ...(idempotencyKey && { idempotencyKey }),
  });
  return { status: begun.started || begun.queued ? 202 : 200, body: begun };
});

/** The version that is current now, so that a run never reads a file that changes under it. */
const pinned = async (key: string, versionId?: string): Promise<ObjectVersion> => {
  const bucket = environment('BUCKET_NAME');
  try {
    const head = await s3().send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    return { bucket, key, ...(head.VersionId && { versionId: head.VersionId }) };
  } catch (cause) {
    if (!isAws(cause, ['NotFound', 'NoSuchKey', 'NoSuchVersion'])) throw cause;
    throw new InputError(
      { what: 'There is no such object', where: `s3://${bucket}/${key}`, todo: 'Upload it first.' },
      { cause },
    );
  }
};
