import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { xmlAnswer } from './answer.ts';
import { bucketMembers, bucketOf } from './bucket.ts';
import { invalidArgument } from './errors.ts';
import { encoder, listMembers, listNeeds, pageLimit, walk, type Entry } from './listing.ts';
import { listed } from './listObjectsV2.ts';
import type { S3State, Version } from './state.ts';

const input = z.strictObject({
  ...bucketMembers,
  ...listMembers,
  KeyMarker: z.string().optional(),
  VersionIdMarker: z.string().optional(),
});

type Item = { version: Version; isLatest: boolean } | { prefix: string };

const markerOf = (item: Item | undefined) =>
  item === undefined
    ? {}
    : 'prefix' in item
      ? { NextKeyMarker: item.prefix }
      : { NextKeyMarker: item.version.Key, NextVersionIdMarker: item.version.VersionId };

/** All versions and delete markers: by key, and of a key the newest first. */
export const listObjectVersions = operation({
  input,
  needs: listNeeds('ListBucketVersions'),
  run(it, call: Call<S3State>) {
    const bucket = bucketOf(call, it);
    const index = call.state.keysOf(bucket.Name);
    const { Prefix = '', Delimiter = '', KeyMarker = '', VersionIdMarker, EncodingType } = it;
    if (VersionIdMarker !== undefined && KeyMarker === '')
      throw invalidArgument(
        'A version-id marker cannot be specified without a key marker.',
        'version-id-marker',
        VersionIdMarker,
      );
    const limit = pageLimit('max-keys', it.MaxKeys);
    const itemsOf = (entry: Entry): Item[] =>
      'prefix' in entry
        ? [entry]
        : index.versions(entry.key).map((version, position) => ({ version, isLatest: position === 0 }));
    // The marker's own key comes first if versions of it are left.
    const own = VersionIdMarker === undefined ? [] : itemsOf({ key: KeyMarker });
    const mark = own.findIndex((item) => 'version' in item && item.version.VersionId === VersionIdMarker);
    const request = { prefix: Prefix, delimiter: Delimiter, after: KeyMarker, limit: limit + 1 };
    const { entries } = limit === 0 ? { entries: [] } : walk(index, request, () => true);
    const items = [...own.slice(mark + 1), ...entries.flatMap(itemsOf)];
    const page = items.slice(0, limit);
    const truncated = limit > 0 && items.length > limit;
    const encode = encoder(EncodingType);
    const owner = { ID: call.world.accountId };
    const Versions: object[] = [];
    const DeleteMarkers: object[] = [];
    const CommonPrefixes: object[] = [];
    for (const item of page) {
      if ('prefix' in item) {
        CommonPrefixes.push({ Prefix: encode(item.prefix) });
        continue;
      }
      const { version, isLatest } = item;
      const { VersionId, LastModified, Key } = version;
      if (version.DeleteMarker)
        DeleteMarkers.push({ Key: encode(Key), VersionId, IsLatest: isLatest, LastModified, Owner: owner });
      else Versions.push({ ...listed(version, encode, owner), VersionId, IsLatest: isLatest });
    }
    const { NextKeyMarker, ...nextVersion } = markerOf(page.at(-1));
    const facts = {
      Name: bucket.Name,
      Prefix: encode(Prefix),
      KeyMarker: encode(KeyMarker),
      VersionIdMarker: VersionIdMarker ?? '',
      ...(it.Delimiter !== undefined && { Delimiter: encode(it.Delimiter) }),
      ...(EncodingType !== undefined && { EncodingType }),
      ...(truncated && { NextKeyMarker: encode(NextKeyMarker), ...nextVersion }),
      MaxKeys: limit,
      IsTruncated: truncated,
    };
    return xmlAnswer(call, { ...facts, Versions, DeleteMarkers, CommonPrefixes }, 'ListVersionsResult', {
      ...facts,
      Version: Versions,
      DeleteMarker: DeleteMarkers,
      CommonPrefixes,
    });
  },
});
