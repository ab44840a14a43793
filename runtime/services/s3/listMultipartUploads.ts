import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import { bucketMembers, bucketOf, onBucket } from './bucket.ts';
import { compareKeys } from './keyIndex.ts';
import { encoder, pageLimit } from './listing.ts';
import type { S3State } from './state.ts';

const input = z.strictObject({
  ...bucketMembers,
  Prefix: z.string().optional(),
  EncodingType: z.literal('url').optional(),
  KeyMarker: z.string().optional(),
  UploadIdMarker: z.string().optional(),
  MaxUploads: z.number().int().optional(),
});

/** The uploads under way in a bucket, by key and, of one key, in the order they were begun. */
export const listMultipartUploads = operation({
  input,
  needs: onBucket('ListBucketMultipartUploads'),
  run(it, call: Call<S3State>) {
    const bucket = bucketOf(call, it);
    const limit = pageLimit('max-uploads', it.MaxUploads);
    const { Prefix = '', KeyMarker = '', UploadIdMarker = '', EncodingType } = it;
    const all = [...call.state.uploads.values()]
      .filter(({ Bucket, Key }) => Bucket === bucket.Name && Key.startsWith(Prefix))
      .sort((a, b) => compareKeys(a.Key, b.Key));
    const marked = all.findIndex(({ Key, UploadId }) => Key === KeyMarker && UploadId === UploadIdMarker);
    const left = marked < 0 ? all.filter(({ Key }) => compareKeys(Key, KeyMarker) > 0) : all.slice(marked + 1);
    const page = left.slice(0, limit);
    const encode = encoder(EncodingType);
    const last = page.at(-1);
    const Uploads = page.map(({ Key, UploadId, Initiated }) => ({
      Key: encode(Key),
      UploadId,
      StorageClass: 'STANDARD',
      Initiated,
    }));
    const facts = {
      Bucket: bucket.Name,
      Prefix: encode(Prefix),
      KeyMarker: encode(KeyMarker),
      UploadIdMarker,
      ...(EncodingType !== undefined && { EncodingType }),
      ...(left.length > limit && last && { NextKeyMarker: encode(last.Key), NextUploadIdMarker: last.UploadId }),
      MaxUploads: limit,
      IsTruncated: left.length > limit,
    };
    return xmlAnswer(call, { ...facts, Uploads }, 'ListMultipartUploadsResult', { ...facts, Upload: Uploads });
  },
});
