import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import { bucketMembers, bucketOf } from './bucket.ts';
import { invalidArgument } from './errors.ts';
import { encoder, lastOf, listMembers, listNeeds, pageLimit, walk, type Entry } from './listing.ts';
import type { S3State, Version } from './state.ts';

const input = z.strictObject({
  ...bucketMembers,
  ...listMembers,
  ContinuationToken: z.string().optional(),
  StartAfter: z.string().optional(),
  FetchOwner: z.boolean().optional(),
});

const tokenPrefix = 'after:';
const tokenOf = (key: string): string => Buffer.from(tokenPrefix + key).toString('base64url');
const fromToken = (token: string): string => {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith(tokenPrefix))
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
  return text.slice(tokenPrefix.length);
};

/** The members of a listed object. */
export const listed = (
  { Key, LastModified, ETag, Size, Checksum, Parts }: Version,
  encode: (key: string) => string,
  owner?: { ID: string },
) => ({
  Key: encode(Key),
  LastModified,
  ETag: `"${ETag}"`,
  ...(Checksum && {
    ChecksumAlgorithm: [Checksum.Algorithm],
    ChecksumType: Parts === undefined ? 'FULL_OBJECT' : 'COMPOSITE',
  }),
  Size,
  StorageClass: 'STANDARD',
  ...(owner && { Owner: owner }),
});

/** Splits a page into its objects and its common prefixes. */
export const splitPage = (
  entries: readonly Entry[],
  versionOf: (key: string) => Version | undefined,
): { versions: Version[]; prefixes: string[] } => ({
  versions: entries.flatMap((entry) => ('key' in entry ? (versionOf(entry.key) ?? []) : [])),
  prefixes: entries.flatMap((entry) => ('prefix' in entry ? [entry.prefix] : [])),
});

/** The current objects of a bucket in the order of their keys' bytes, a page at a time. */
export const listObjectsV2 = operation({
  input,
  needs: listNeeds('ListBucket'),
  run(it, call: Call<S3State>) {
    const bucket = bucketOf(call, it);
    const index = call.state.keysOf(bucket.Name);
    const { Prefix = '', Delimiter = '', ContinuationToken, StartAfter, EncodingType } = it;
    const limit = pageLimit('max-keys', it.MaxKeys);
    const after = ContinuationToken === undefined ? (StartAfter ?? '') : fromToken(ContinuationToken);
    const current = (key: string) => index.versions(key)[0];
    const request = { prefix: Prefix, delimiter: Delimiter, after, limit };
    const { entries, truncated } = walk(index, request, (key) => !current(key)?.DeleteMarker);
    const { versions, prefixes } = splitPage(entries, current);
    const encode = encoder(EncodingType);
    const owner = it.FetchOwner ? { ID: call.world.accountId } : undefined;
    const facts = {
      Name: bucket.Name,
      Prefix: encode(Prefix),
      ...(it.Delimiter !== undefined && { Delimiter: encode(it.Delimiter) }),
      ...(StartAfter !== undefined && { StartAfter: encode(StartAfter) }),
      ...(EncodingType !== undefined && { EncodingType }),
      ...(ContinuationToken !== undefined && { ContinuationToken }),
      ...(truncated && { NextContinuationToken: tokenOf(lastOf(entries)) }),
      KeyCount: entries.length,
      MaxKeys: limit,
      IsTruncated: truncated,
    };
    const lists = {
      Contents: versions.map((version) => listed(version, encode, owner)),
      CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    };
    return xmlAnswer(call, { ...facts, ...lists }, 'ListBucketResult');
  },
});
