import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import { bucketOf, onObject } from './bucket.ts';
import { checksumMember, compositeChecksum, multipartEtag, type Checksum } from './checksums.ts';
import { invalidArgument, malformedXml } from './errors.ts';
import { answerHeaders, checksumOutput, versionMembers } from './objectHeaders.ts';
import { partKey, type Part, type S3State, type Upload } from './state.ts';
import { forgetUpload, uploadMembers, uploadOf } from './upload.ts';
import { commitVersion } from './versions.ts';

const completedPart = z.strictObject({
  PartNumber: z.number().int(),
  ETag: z.string().optional(),
  ChecksumCRC32: z.string().optional(),
  ChecksumCRC32C: z.string().optional(),
  ChecksumCRC64NVME: z.string().optional(),
  ChecksumSHA1: z.string().optional(),
  ChecksumSHA256: z.string().optional(),
});

const input = z.strictObject({
  ...uploadMembers,
  MultipartUpload: z.strictObject({ Parts: z.array(completedPart).optional() }).optional(),
  MpuObjectSize: z.number().int().optional(),
  ChecksumType: z.literal('COMPOSITE').optional(),
  IfMatch: z.string().optional(),
  IfNoneMatch: z.string().optional(),
});

const smallestPart = 5 * 2 ** 20;
/** 5 TiB, the limit of one object. */
const largestObject = 5 * 2 ** 40;

const invalidPart = ({ UploadId }: Upload, part: number, etag: string) =>
  new AwsError(
    'InvalidPart',
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    400,
    { UploadId, PartNumber: part, ETag: etag },
  );

/** The stored parts the client names, in its order. Throws InvalidPart, InvalidPartOrder, EntityTooSmall. */
const chosenParts = (
  { state }: Call<S3State>,
  upload: Upload,
  named: readonly z.infer<typeof completedPart>[],
): Part[] => {
  const chosen = named.map((it, at) => {
    if (at > 0 && it.PartNumber <= (named[at - 1]?.PartNumber ?? 0))
      throw new AwsError(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
      );
    const part = state.parts.get(partKey(upload.UploadId, it.PartNumber));
    const etag = it.ETag?.replace(/^"|"$/g, '') ?? '';
    if (!part || part.ETag !== etag) throw invalidPart(upload, it.PartNumber, etag);
    const { Checksum: checksum } = part;
    const announced = checksum && it[checksumMember(checksum.Algorithm)];
    if (announced !== undefined && announced !== checksum?.Value) throw invalidPart(upload, it.PartNumber, etag);
    return part;
  });
  const small = chosen.slice(0, -1).find(({ Size }) => Size < smallestPart);
  if (small)
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', 400, {
      ProposedSize: small.Size,
      MinSizeAllowed: smallestPart,
      PartNumber: small.PartNumber,
      ETag: small.ETag,
    });
  return chosen;
};

const checksumOf = ({ ChecksumAlgorithm }: Upload, parts: readonly Part[]): Checksum | undefined => {
  const values = parts.flatMap(({ Checksum: it }) => (it && it.Algorithm === ChecksumAlgorithm ? [it.Value] : []));
  return ChecksumAlgorithm && values.length === parts.length ? compositeChecksum(ChecksumAlgorithm, values) : undefined;
};

/** Makes an object of the parts. Nothing is copied: the object is its parts' files, one after the other. */
export const completeMultipartUpload = operation({
  input,
  needs: onObject('PutObject'),
  async run(it, call: Call<S3State>) {
    const bucket = bucketOf(call, it);
    const upload = uploadOf(call, it);
    const named = it.MultipartUpload?.Parts ?? [];
    if (named.length === 0) throw malformedXml('at least one part must be specified');
    const parts = chosenParts(call, upload, named);
    const Size = parts.reduce((sum, part) => sum + part.Size, 0);
    if (Size > largestObject)
      throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
    if (it.MpuObjectSize !== undefined && it.MpuObjectSize !== Size)
      throw invalidArgument(
        `The provided object size does not match the parts' ${Size} bytes`,
        'x-amz-mp-object-size',
        String(it.MpuObjectSize),
      );
    let ended: Part[] = [];
    const version = await commitVersion(
      call,
      bucket,
      {
        Key: it.Key,
        Content: parts.flatMap(({ Content }) => Content),
        Size,
        ETag: multipartEtag(parts.map(({ ETag }) => ETag)),
        Headers: upload.Headers,
        Metadata: upload.Metadata,
        Tags: upload.Tags,
        Checksum: checksumOf(upload, parts),
        Parts: parts.length,
      },
      'CompleteMultipartUpload',
      it,
      () => (ended = forgetUpload(call, upload.UploadId)),
    );
    for (const { Content } of ended) call.state.blobs.release(Content);
    const document = {
      Location: `${call.world.endpoint}/${bucket.Name}/${encodeURIComponent(it.Key)}`,
      Bucket: bucket.Name,
      Key: it.Key,
      ETag: `"${version.ETag}"`,
      ...checksumOutput(version),
    };
    const members = versionMembers(bucket, version);
    return xmlAnswer(
      call,
      { ...document, ...members },
      'CompleteMultipartUploadResult',
      document,
      answerHeaders(members),
    );
  },
});
