/** The source of CopyObject and UploadPartCopy: `bucket/key?versionId=id`, percent-encoded. */
import * as z from 'zod';
import type { Call, Need } from '../../operation.ts';
import { bucketOf, onObject, type Bucket } from './bucket.ts';
import { checkCopySource } from './conditions.ts';
import { invalidArgument } from './errors.ts';
import type { S3State, Version } from './state.ts';
import { findVersion } from './versions.ts';

export const copySourceMembers = {
  CopySource: z.string(),
  CopySourceIfMatch: z.string().optional(),
  CopySourceIfNoneMatch: z.string().optional(),
  CopySourceIfModifiedSince: z.union([z.string(), z.number()]).optional(),
  CopySourceIfUnmodifiedSince: z.union([z.string(), z.number()]).optional(),
  ExpectedSourceBucketOwner: z.string().optional(),
};

const sourceInput = z.object(copySourceMembers);
type SourceInput = z.infer<typeof sourceInput>;

/** The parts of a source; throws InvalidArgument. */
export const parseCopySource = (source: string): { Bucket: string; Key: string; VersionId?: string } => {
  const refuse = () =>
    invalidArgument(
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      'x-amz-copy-source',
      source,
    );
  const [, path = '', VersionId] = /^(.*?)(?:\?versionId=(.*))?$/s.exec(source) ?? [];
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    throw refuse();
  }
  const [, Bucket, Key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded) ?? [];
  if (Bucket === undefined || Key === undefined) throw refuse();
  return { Bucket, Key, ...(VersionId !== undefined && { VersionId }) };
};

/** The right to read the source. */
export const sourceNeeds = ({ CopySource }: SourceInput): Need[] =>
  onObject('GetObject', 'GetObjectVersion')(parseCopySource(CopySource));

/** The version to copy; throws as a read of it would, or PreconditionFailed. */
export const findSource = async (
  call: Call<S3State>,
  it: SourceInput,
): Promise<{ sourceBucket: Bucket; source: Version }> => {
  const wanted = parseCopySource(it.CopySource);
  const sourceBucket = bucketOf(call, { Bucket: wanted.Bucket, ExpectedBucketOwner: it.ExpectedSourceBucketOwner });
  const source = await findVersion(call, sourceBucket, wanted);
  checkCopySource(source, {
    IfMatch: it.CopySourceIfMatch,
    IfNoneMatch: it.CopySourceIfNoneMatch,
    IfModifiedSince: it.CopySourceIfModifiedSince,
    IfUnmodifiedSince: it.CopySourceIfUnmodifiedSince,
  });
  return { sourceBucket, source };
};
