import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import { bucketOf, checkKey, objectMembers } from './bucket.ts';
import { checksumAlgorithms } from './checksums.ts';
import { checkPlacement, headersOf, metadataOf, storedMembers } from './objectHeaders.ts';
import { writeNeeds } from './putObject.ts';
import type { S3State } from './state.ts';
import { tagHeader } from './tags.ts';

const input = z.strictObject({
  ...objectMembers,
  ...storedMembers,
  ChecksumAlgorithm: z.enum(checksumAlgorithms).optional(),
  ChecksumType: z.literal('COMPOSITE').optional(),
});

/** Opens a multipart upload. Its checksum, where one is asked for, is a composite one. */
export const createMultipartUpload = operation({
  input,
  needs: writeNeeds,
  async run(it, call: Call<S3State>) {
    const bucket = bucketOf(call, it);
    const { state, world } = call;
    checkKey(it.Key);
    checkPlacement(it);
    const UploadId = world.ids.hex(24);
    state.uploads.set(UploadId, {
      UploadId,
      Bucket: bucket.Name,
      Key: it.Key,
      Initiated: Math.floor(world.clock.now() / 1000),
      Headers: headersOf(it),
      Metadata: metadataOf(it.Metadata),
      Tags: tagHeader(it.Tagging),
      ChecksumAlgorithm: it.ChecksumAlgorithm,
      Parts: 0,
    });
    await world.store.flushed();
    const members = { Bucket: bucket.Name, Key: it.Key, UploadId };
    return xmlAnswer(call, members, 'InitiateMultipartUploadResult', members, {
      'x-amz-server-side-encryption': 'AES256',
      ...(it.ChecksumAlgorithm && {
        'x-amz-checksum-algorithm': it.ChecksumAlgorithm,
        'x-amz-checksum-type': 'COMPOSITE',
      }),
    });
  },
});
