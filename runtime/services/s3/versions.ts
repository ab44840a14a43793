/** Finding, writing and deleting versions of objects, with the events that tell of it. */
import { AwsError, type Call } from '../../operation.ts';
import { checkKey, type Bucket } from './bucket.ts';
import { checkWrite, type WriteConditions } from './conditions.ts';
import { accessDenied, invalidArgument, noSuchBucket, noSuchKey, noSuchVersion } from './errors.ts';
import type { ObjectEvent } from './events.ts';
import type { S3State, Version } from './state.ts';

/** The current version of a key, which may be a delete marker. */
export const currentVersion = ({ state }: Call<S3State>, bucket: Bucket, key: string): Version | undefined =>
  state.keysOf(bucket.Name).versions(key)[0];

/** Who may not list a bucket must not learn from an error whether a key exists. */
const mayList = async ({ world, principal }: Call<S3State>, bucket: Bucket): Promise<boolean> => {
  if (principal.kind === 'root' || principal.kind === 'service') return true;
  try {
    await world.call(principal, 's3', 'HeadBucket', { Bucket: bucket.Name });
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.status === 403) return false;
    throw error;
  }
};

const markerHeaders = ({ VersionId }: Version) => ({ 'x-amz-delete-marker': 'true', 'x-amz-version-id': VersionId });

/**
 * The version a read means: the current one, or the one of `VersionId`.
 * Throws NoSuchKey, NoSuchVersion, MethodNotAllowed (a delete marker by its id), AccessDenied (absent, and the caller may not list).
 */
export const findVersion = async (
  call: Call<S3State>,
  bucket: Bucket,
  { Key, VersionId }: { Key: string; VersionId?: string | undefined },
): Promise<Version> => {
  checkKey(Key);
  const versions = call.state.keysOf(bucket.Name).versions(Key);
  if (VersionId === '') throw invalidArgument('Version id cannot be the empty string', 'versionId', VersionId);
  const version = VersionId === undefined ? versions[0] : versions.find((it) => it.VersionId === VersionId);
  if (version && !version.DeleteMarker) return version;
  if (!(await mayList(call, bucket)))
    throw accessDenied(
      `Access Denied: s3://${bucket.Name}/${Key} is not there, and only a caller with s3:ListBucket on the bucket is told so`,
    );
  if (version && VersionId !== undefined)
    throw new AwsError(
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
      405,
      { Method: 'GET', ResourceType: 'DeleteMarker' },
      { ...markerHeaders(version), allow: 'DELETE' },
    );
  if (VersionId !== undefined) throw noSuchVersion(Key, VersionId);
  const missing = noSuchKey(Key);
  throw version
    ? new AwsError(missing.code, missing.message, missing.status, missing.members, markerHeaders(version))
    : missing;
};

const newVersionId = ({ world }: Call<S3State>, { Versioning }: Bucket): string =>
  Versioning === 'Enabled' ? world.ids.hex(16) : 'null';

const record = (
  { state, world, requestId }: Call<S3State>,
  bucket: Bucket,
  event: Omit<ObjectEvent, 'bucket' | 'requestId' | 'requester'>,
) => {
  if (!bucket.EventBridge) return;
  const { versionId, ...rest } = event;
  state.outbox.record({
    ...rest,
    ...(bucket.Versioning && { versionId }),
    bucket: bucket.Name,
    requestId,
    requester: world.accountId,
  });
};

/** The bucket as it is now: settings may have changed, or the bucket gone, while a body arrived. */
const bucketNow = ({ state }: Call<S3State>, { Name }: Bucket): Bucket => {
  const bucket = state.buckets.get(Name);
  if (!bucket) throw noSuchBucket(Name);
  return bucket;
};

type Draft = Omit<Version, 'Bucket' | 'VersionId' | 'Sequence' | 'LastModified'>;

/**
 * Makes a draft the current version of its key, durably, and sends the event. On failure the draft's files are discarded.
 * Throws what the conditions throw, and NoSuchBucket.
 */
export const commitVersion = async (
  call: Call<S3State>,
  bucketThen: Bucket,
  draft: Draft,
  reason: ObjectEvent['reason'],
  conditions: Omit<WriteConditions, 'Key'> = {},
  alongside: () => void = () => {},
): Promise<Version> => {
  const { state, world } = call;
  let version: Version;
  let replaced: Version | undefined;
  try {
    const bucket = bucketNow(call, bucketThen);
    checkWrite(currentVersion(call, bucket, draft.Key), { ...conditions, Key: draft.Key });
    version = {
      ...draft,
      Bucket: bucket.Name,
      VersionId: newVersionId(call, bucket),
      Sequence: state.nextSequence(),
      LastModified: Math.floor(world.clock.now() / 1000),
    };
    const { Key, Size, ETag, VersionId, Sequence } = version;
    record(call, bucket, {
      type: 'Object Created',
      key: Key,
      size: Size,
      etag: ETag,
      versionId: VersionId,
      number: Sequence,
      reason,
    });
    replaced = state.put(version);
    alongside();
  } catch (error) {
    for (const blob of draft.Content) state.blobs.discard(blob);
    throw error;
  }
  await world.store.flushed();
  if (replaced) state.blobs.release(replaced.Content);
  state.outbox.deliver();
  return version;
};

export interface Deletion {
  /** True where a delete marker was made or removed. */
  DeleteMarker?: true;
  /** Of what was made or removed; absent in buckets that were never versioned. */
  VersionId?: string;
}

const emptyEtag = 'd41d8cd98f00b204e9800998ecf8427e';

const marker = (call: Call<S3State>, bucket: Bucket, Key: string): Version => ({
  Bucket: bucket.Name,
  Key,
  VersionId: newVersionId(call, bucket),
  Sequence: call.state.nextSequence(),
  LastModified: Math.floor(call.world.clock.now() / 1000),
  DeleteMarker: true,
  Content: [],
  Size: 0,
  ETag: emptyEtag,
  Headers: {},
  Metadata: {},
  Tags: {},
});

/**
 * Deletes as the bucket's versioning has it: a version by its id for good, otherwise by a delete marker, or for good where
 * there was never versioning. Nothing to delete is no error. Durable, and its event sent, when `settleDeletions` resolves.
 */
export const deleteVersion = (
  call: Call<S3State>,
  bucket: Bucket,
  { Key, VersionId }: { Key: string; VersionId?: string | undefined },
  reason: ObjectEvent['reason'] = 'DeleteObject',
): { deletion: Deletion; gone: Version | undefined } => {
  checkKey(Key);
  const { state } = call;
  if (VersionId === undefined && bucket.Versioning) {
    const made = marker(call, bucket, Key);
    record(call, bucket, {
      type: 'Object Deleted',
      key: Key,
      etag: emptyEtag,
      versionId: made.VersionId,
      number: made.Sequence,
      reason,
      deletionType: 'Delete Marker Created',
    });
    return { deletion: { DeleteMarker: true, VersionId: made.VersionId }, gone: state.put(made) };
  }
  const wanted = VersionId ?? 'null';
  const gone = state
    .keysOf(bucket.Name)
    .versions(Key)
    .find((it) => it.VersionId === wanted);
  if (gone) {
    record(call, bucket, {
      type: 'Object Deleted',
      key: Key,
      etag: gone.ETag,
      versionId: gone.VersionId,
      number: state.nextSequence(),
      reason,
      deletionType: 'Permanently Deleted',
    });
    state.remove(gone);
  }
  return {
    deletion: {
      ...(gone?.DeleteMarker && { DeleteMarker: true }),
      ...(VersionId !== undefined && bucket.Versioning && { VersionId }),
    },
    gone,
  };
};

/** Makes deletions durable, frees their files and sends their events. */
export const settleDeletions = async ({ state, world }: Call<S3State>, gone: readonly (Version | undefined)[]) => {
  await world.store.flushed();
  for (const version of gone) if (version) state.blobs.release(version.Content);
  state.outbox.deliver();
};
