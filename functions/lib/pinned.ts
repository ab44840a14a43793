import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { InputError } from '../../spec/errors.ts';
import type { ObjectVersion } from '../../spec/run.ts';
import { isAws, isNoVersion } from './awsErrors.ts';
import { s3 } from './clients.ts';
import { environment } from './environment.ts';

/** The version that is current now, so that a run never reads a file that changes under it. Throws InputError for none. */
export const pinned = async (key: string, versionId?: string): Promise<ObjectVersion> => {
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
