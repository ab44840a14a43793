/** What the S3 service knows: durable tables, and in memory the order of the keys and the files in use. */
import type { World } from '../../operation.ts';
import type { Table } from '../../journal/store.ts';
import { openBlobs, type Blob, type Blobs } from './blobs.ts';
import type { Bucket } from './bucket.ts';
import type { Checksum, ChecksumAlgorithm } from './checksums.ts';
import { openOutbox, type Outbox } from './events.ts';
import { keyIndex, type KeyIndex } from './keyIndex.ts';

/** Headers kept with an object and sent back with it, by the members of SDK inputs and outputs. */
export interface ObjectHeaders {
  ContentType?: string | undefined;
  CacheControl?: string | undefined;
  ContentDisposition?: string | undefined;
  ContentEncoding?: string | undefined;
  ContentLanguage?: string | undefined;
  Expires?: string | undefined;
}

/** One version of an object, or a delete marker. */
export interface Version {
  Bucket: string;
  Key: string;
  /** `null` for versions written while versioning was not enabled. */
  VersionId: string;
  /** Orders the versions of a key and is the event's sequencer; microseconds of the epoch, made strictly increasing. */
  Sequence: number;
  /** Epoch seconds. */
  LastModified: number;
  DeleteMarker?: true;
  /** The files whose concatenation is the object; none for a delete marker. */
  Content: Blob[];
  Size: number;
  /** Without quotes. */
  ETag: string;
  Headers: ObjectHeaders;
  Metadata: Record<string, string>;
  Tags: Record<string, string>;
  Checksum?: Checksum | undefined;
  /** Number of parts of a multipart upload. */
  Parts?: number;
}

/** A multipart upload under way. */
export interface Upload {
  UploadId: string;
  Bucket: string;
  Key: string;
  /** Epoch seconds. */
  Initiated: number;
  Headers: ObjectHeaders;
  Metadata: Record<string, string>;
  Tags: Record<string, string>;
  ChecksumAlgorithm?: ChecksumAlgorithm | undefined;
  /** Number of parts so far. */
  Parts: number;
}

export interface Part {
  UploadId: string;
  PartNumber: number;
  Content: Blob[];
  Size: number;
  ETag: string;
  /** Epoch seconds. */
  LastModified: number;
  Checksum?: Checksum | undefined;
}

export interface S3State {
  buckets: Table<Bucket>;
  uploads: Table<Upload>;
  /** By upload id and part number; see `partKey`. */
  parts: Table<Part>;
  blobs: Blobs;
  outbox: Outbox;
  /** The keys of a bucket; an empty index where it has none. */
  keysOf(bucket: string): KeyIndex<Version>;
  /** Records a version; the one it replaces is returned, and its files are the caller's to release once that is durable. */
  put(version: Version): Version | undefined;
  /** Records changes to what is kept with a version; its place in the order stays. */
  update(version: Version): void;
  /** Forgets a version; its files are the caller's to release once that is durable. */
  remove(version: Version): void;
  /** Greater than every sequence number so far. */
  nextSequence(): number;
}

export const partKey = (uploadId: string, part: number): string => `${uploadId}/${part}`;

// Neither bucket names nor version ids contain a slash.
const versionKey = ({ Bucket, VersionId, Key }: Version): string => `${Bucket}/${VersionId}/${Key}`;

export const openState = (world: World): S3State => {
  const { store, clock } = world;
  const versions = store.table<Version>('s3.objects');
  const parts = store.table<Part>('s3.parts');
  const blobs = openBlobs(world);
  const byBucket = new Map<string, Version[]>();
  let sequence = 0;
  for (const version of versions.values()) {
    const siblings = byBucket.get(version.Bucket);
    if (siblings) siblings.push(version);
    else byBucket.set(version.Bucket, [version]);
    blobs.retain(version.Content);
    sequence = Math.max(sequence, version.Sequence);
  }
  for (const { Content } of parts.values()) blobs.retain(Content);
  const indexes = new Map([...byBucket].map(([bucket, own]) => [bucket, keyIndex(own)]));
  const keysOf = (bucket: string) => {
    let index = indexes.get(bucket);
    if (!index) indexes.set(bucket, (index = keyIndex<Version>()));
    return index;
  };
  const outbox = openOutbox(world);
  outbox.forgetTorn(sequence);
  sequence = Math.max(sequence, outbox.lastSequence);
  /** The table's own copy, so that a version is in memory once. */
  const keep = (version: Version): Version => {
    const key = versionKey(version);
    versions.set(key, version);
    return versions.get(key) ?? version;
  };
  return {
    buckets: store.table<Bucket>('s3.buckets'),
    uploads: store.table<Upload>('s3.uploads'),
    parts,
    blobs,
    outbox,
    keysOf,
    put(version) {
      const replaced = keysOf(version.Bucket).put(keep(version));
      blobs.retain(version.Content);
      return replaced;
    },
    update: (version) => keysOf(version.Bucket).update(keep(version)),
    remove(version) {
      keysOf(version.Bucket).remove(version);
      versions.delete(versionKey(version));
    },
    nextSequence: () => (sequence = Math.max(sequence + 1, clock.now() * 1000)),
  };
};
