import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import { bucketMembers, bucketOf } from './bucket.ts';
import { encoder, lastOf, listMembers, listNeeds, pageLimit, walk } from './listing.ts';
import { listed, splitPage } from './listObjectsV2.ts';
import type { S3State } from './state.ts';

const input = z.strictObject({ ...bucketMembers, ...listMembers, Marker: z.string().optional() });

/** The first version of the list operation, which older clients still use: pages go on from a key. */
export const listObjects = operation({
  input,
  needs: listNeeds('ListBucket'),
  run(it, call: Call<S3State>) {
    const bucket = bucketOf(call, it);
    const index = call.state.keysOf(bucket.Name);
    const { Prefix = '', Delimiter = '', Marker = '', EncodingType } = it;
    const limit = pageLimit('max-keys', it.MaxKeys);
    const current = (key: string) => index.versions(key)[0];
    const request = { prefix: Prefix, delimiter: Delimiter, after: Marker, limit };
    const { entries, truncated } = walk(index, request, (key) => !current(key)?.DeleteMarker);
    const { versions, prefixes } = splitPage(entries, current);
    const encode = encoder(EncodingType);
    return xmlAnswer(
      call,
      {
        Name: bucket.Name,
        Prefix: encode(Prefix),
        Marker: encode(Marker),
        ...(it.Delimiter !== undefined && { Delimiter: encode(it.Delimiter) }),
        ...(EncodingType !== undefined && { EncodingType }),
        ...(truncated && { NextMarker: encode(lastOf(entries)) }),
        MaxKeys: limit,
        IsTruncated: truncated,
        Contents: versions.map((version) => listed(version, encode, { ID: call.world.accountId })),
        CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
      },
      'ListBucketResult',
    );
  },
});
