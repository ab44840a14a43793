import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { headerAnswer } from './answer.ts';
import { onObject } from './bucket.ts';
import { checksumMembers } from './checksums.ts';
import { bodyMembers, receive } from './receive.ts';
import type { S3State } from './state.ts';
import { checkPartNumber, keepPart, partMembers, uploadOf } from './upload.ts';

const input = z.strictObject({ ...partMembers, ...bodyMembers });

/** Stores one part of an upload; a part with the same number is replaced. */
export const uploadPart = operation({
  input,
  needs: onObject('PutObject'),
  async run(it, call: Call<S3State>) {
    checkPartNumber(it.PartNumber);
    const { UploadId, ChecksumAlgorithm } = uploadOf(call, it);
    const { blob, etag, checksum } = await receive(call, {
      ...it,
      ChecksumAlgorithm: it.ChecksumAlgorithm ?? ChecksumAlgorithm,
    });
    await keepPart(call, {
      UploadId,
      PartNumber: it.PartNumber,
      Content: [blob],
      Size: blob.Size,
      ETag: etag,
      LastModified: Math.floor(call.world.clock.now() / 1000),
      Checksum: checksum,
    });
    return headerAnswer(call, {
      ETag: `"${etag}"`,
      ServerSideEncryption: 'AES256',
      ...checksumMembers(checksum),
    });
  },
});
