import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import { onObject } from './bucket.ts';
import { checksumMembers } from './checksums.ts';
import { pageLimit } from './listing.ts';
import type { S3State } from './state.ts';
import { partsOf, uploadMembers, uploadOf } from './upload.ts';

const input = z.strictObject({
  ...uploadMembers,
  MaxParts: z.number().int().optional(),
  PartNumberMarker: z.number().int().optional(),
});

/** The parts of an upload so far. */
export const listParts = operation({
  input,
  needs: onObject('ListMultipartUploadParts'),
  run(it, call: Call<S3State>) {
    const upload = uploadOf(call, it);
    const limit = pageLimit('max-parts', it.MaxParts);
    const { PartNumberMarker = 0 } = it;
    const left = partsOf(call, upload.UploadId).filter(({ PartNumber }) => PartNumber > PartNumberMarker);
    const page = left.slice(0, limit);
    const Parts = page.map(({ PartNumber, LastModified, ETag, Size, Checksum }) => ({
      PartNumber,
      LastModified,
      ETag: `"${ETag}"`,
      Size,
      ...checksumMembers(Checksum),
    }));
    const { Bucket, Key, UploadId, ChecksumAlgorithm } = upload;
    const facts = {
      Bucket,
      Key,
      UploadId,
      ...(ChecksumAlgorithm && { ChecksumAlgorithm, ChecksumType: 'COMPOSITE' }),
      StorageClass: 'STANDARD',
      PartNumberMarker,
      NextPartNumberMarker: page.at(-1)?.PartNumber ?? 0,
      MaxParts: limit,
      IsTruncated: left.length > limit,
    };
    return xmlAnswer(call, { ...facts, Parts }, 'ListPartsResult', { ...facts, Part: Parts });
  },
});
