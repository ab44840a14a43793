/** The conditional headers of reads and writes, in the order of RFC 9110 section 13.2.2. */
import { AwsError } from '../../operation.ts';
import { invalidArgument, noSuchKey, notImplemented, preconditionFailed } from './errors.ts';
import type { Version } from './state.ts';

export interface ReadConditions {
  IfMatch?: string | undefined;
  IfNoneMatch?: string | undefined;
  /** HTTP date, or epoch seconds from a sibling service. */
  IfModifiedSince?: string | number | undefined;
  IfUnmodifiedSince?: string | number | undefined;
}

const unquoted = (etag: string) => etag.trim().replace(/^(?:W\/)?"?|"$/g, '');

const lists = (header: string, etag: string): boolean =>
  header
    .split(',')
    .map(unquoted)
    .some((one) => one === '*' || one === etag);

/** Epoch seconds; a date nobody can read is ignored, as RFC 9110 wants. */
const seconds = (when: string | number): number => (typeof when === 'number' ? when : Date.parse(when) / 1000);

const notModified = ({ ETag, LastModified }: Version) =>
  new AwsError(
    'NotModified',
    'Not Modified',
    304,
    {},
    {
      etag: `"${ETag}"`,
      'last-modified': new Date(LastModified * 1000).toUTCString(),
    },
  );

/** Throws PreconditionFailed (412) or NotModified (304). */
export const checkRead = (version: Version, conditions: ReadConditions): void => {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  if (IfMatch !== undefined) {
    if (!lists(IfMatch, version.ETag)) throw preconditionFailed('If-Match');
  } else if (IfUnmodifiedSince !== undefined && version.LastModified > seconds(IfUnmodifiedSince)) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  if (IfNoneMatch !== undefined) {
    if (lists(IfNoneMatch, version.ETag)) throw notModified(version);
  } else if (IfModifiedSince !== undefined && version.LastModified <= seconds(IfModifiedSince)) {
    throw notModified(version);
  }
};

/** The same conditions on the source of a copy, where all failures are PreconditionFailed. */
export const checkCopySource = (version: Version, conditions: ReadConditions): void => {
  try {
    checkRead(version, conditions);
  } catch (error) {
    if (error instanceof AwsError && error.status === 304) throw preconditionFailed('If-None-Match');
    throw error;
  }
};

export interface WriteConditions {
  Key: string;
  IfMatch?: string | undefined;
  IfNoneMatch?: string | undefined;
}

/** Throws PreconditionFailed, or NoSuchKey where If-Match names an object that is not there. */
export const checkWrite = (current: Version | undefined, { Key, IfMatch, IfNoneMatch }: WriteConditions): void => {
  const existing = current?.DeleteMarker ? undefined : current;
  if (IfNoneMatch !== undefined) {
    if (IfNoneMatch !== '*') throw notImplemented('If-None-Match on a write takes * only');
    if (existing) throw preconditionFailed('If-None-Match');
  }
  if (IfMatch === undefined) return;
  if (IfMatch === '*') throw invalidArgument('If-Match on a write takes an ETag', 'If-Match', IfMatch);
  if (!existing) throw noSuchKey(Key);
  if (!lists(IfMatch, existing.ETag)) throw preconditionFailed('If-Match');
};
