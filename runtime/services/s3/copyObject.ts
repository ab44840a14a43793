import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import { bucketOf, checkKey, objectMembers } from './bucket.ts';
import { bodyDigests, checksumAlgorithms, checksumMembers, type ChecksumAlgorithm } from './checksums.ts';
import { checkWrite } from './conditions.ts';
import { copySourceMembers, findSource, parseCopySource, sourceNeeds } from './copySource.ts';
import {
  answerHeaders,
  checkPlacement,
  headersOf,
  metadataOf,
  storedMembers,
  versionMembers,
} from './objectHeaders.ts';
import { writeNeeds } from './putObject.ts';
import { largestPut } from './receive.ts';
import type { S3State, Version } from './state.ts';
import { tagHeader } from './tags.ts';
import { commitVersion, currentVersion } from './versions.ts';

const directive = z.enum(['COPY', 'REPLACE']).optional();
const input = z.strictObject({
  ...objectMembers,
  ...copySourceMembers,
  ...storedMembers,
  MetadataDirective: directive,
  TaggingDirective: directive,
  ChecksumAlgorithm: z.enum(checksumAlgorithms).optional(),
  IfMatch: z.string().optional(),
  IfNoneMatch: z.string().optional(),
});

/** A copy has the digests of one PUT: those of a multipart source, or a checksum the source lacks, are computed from its bytes. */
const digestsOf = async ({ state }: Call<S3State>, source: Version, wanted: ChecksumAlgorithm | undefined) => {
  const { ETag, Checksum, Parts } = source;
  const known = Parts === undefined && (wanted === undefined || wanted === Checksum?.Algorithm);
  if (known) return { etag: ETag, checksum: Checksum };
  const digests = bodyDigests(wanted ?? Checksum?.Algorithm);
  for await (const chunk of state.blobs.read(source.Content, 0, source.Size)) digests.update(chunk);
  return digests.result();
};

/** Copies an object; the copy shares the source's files, so it costs no space and little time. */
export const copyObject = operation({
  input,
  needs: (it) => [...sourceNeeds(it), ...writeNeeds(it)],
  async run(it, call: Call<S3State>) {
    const bucket = bucketOf(call, it);
    checkKey(it.Key);
    checkPlacement(it);
    const { sourceBucket, source } = await findSource(call, it);
    if (source.Size > largestPut)
      throw new AwsError(
        'InvalidRequest',
        `The specified copy source is larger than the maximum allowable size for a copy source: ${largestPut}`,
      );
    const { Bucket, Key, VersionId } = parseCopySource(it.CopySource);
    const replaces = it.MetadataDirective === 'REPLACE';
    if (Bucket === it.Bucket && Key === it.Key && VersionId === undefined && !replaces)
      throw new AwsError(
        'InvalidRequest',
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    checkWrite(currentVersion(call, bucket, it.Key), it);
    // Held while its bytes are read: the source may be deleted meanwhile.
    call.state.blobs.retain(source.Content);
    try {
      const { etag, checksum } = await digestsOf(call, source, it.ChecksumAlgorithm);
      const version = await commitVersion(
        call,
        bucket,
        {
          Key: it.Key,
          Content: source.Content,
          Size: source.Size,
          ETag: etag,
          Checksum: checksum,
          Headers: replaces ? headersOf(it) : source.Headers,
          Metadata: replaces ? metadataOf(it.Metadata) : source.Metadata,
          Tags: it.TaggingDirective === 'REPLACE' ? tagHeader(it.Tagging) : source.Tags,
        },
        'CopyObject',
        it,
      );
      const CopyObjectResult = {
        ETag: `"${etag}"`,
        LastModified: version.LastModified,
        ...(checksum && checksumMembers(checksum)),
      };
      const members = {
        ...versionMembers(bucket, version),
        ...(sourceBucket.Versioning && { CopySourceVersionId: source.VersionId }),
      };
      return xmlAnswer(
        call,
        { CopyObjectResult, ...members },
        'CopyObjectResult',
        CopyObjectResult,
        answerHeaders(members),
      );
    } finally {
      call.state.blobs.release(source.Content);
    }
  },
});
