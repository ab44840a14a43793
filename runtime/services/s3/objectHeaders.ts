/** What travels in headers with an object: its own headers, user metadata, and the facts S3 adds in answers. */
import * as z from 'zod';
import { AwsError } from '../../operation.ts';
import type { Bucket } from './bucket.ts';
import { checksumHeader, checksumMembers } from './checksums.ts';
import { invalidArgument } from './errors.ts';
import type { ObjectHeaders, Version } from './state.ts';

/** Members of a write that are kept with the object. */
export const storedMembers = {
  ContentType: z.string().optional(),
  CacheControl: z.string().optional(),
  ContentDisposition: z.string().optional(),
  ContentEncoding: z.string().optional(),
  ContentLanguage: z.string().optional(),
  Expires: z.string().optional(),
  Metadata: z.record(z.string(), z.string()).optional(),
  Tagging: z.string().optional(),
  StorageClass: z.string().optional(),
  ServerSideEncryption: z.string().optional(),
  BucketKeyEnabled: z.boolean().optional(),
  ACL: z.string().optional(),
};

const storedInput = z.object(storedMembers);
export type StoredInput = z.infer<typeof storedInput>;

const largestMetadata = 2048;
// What may stand in an HTTP header; anything else could be stored and never be read again.
const headerText = /^[\t\x20-\x7e\x80-\xff]*$/;

const checkText = (name: string, value: string) => {
  if (!headerText.test(value)) throw invalidArgument('The value cannot be sent as an HTTP header', name, value);
};

/** User metadata with lower-case names. Throws MetadataTooLarge above 2 KB. */
export const metadataOf = (metadata: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const entries = Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value] as const);
  for (const [name, value] of entries) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw invalidArgument('The name is no HTTP header name', name, name);
    checkText(name, value);
  }
  const size = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (size > largestMetadata)
    throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', 400, {
      Size: size,
      MaxSizeAllowed: largestMetadata,
    });
  return Object.fromEntries(entries);
};

/** The object's own headers of a write. The type S3 gives an object without one is binary/octet-stream. */
export const headersOf = (input: StoredInput): ObjectHeaders => {
  // The framing of the transport is no encoding of the object.
  const encoding = input.ContentEncoding?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== 'aws-chunked' && one !== '')
    .join(',');
  const headers: ObjectHeaders = {
    ContentType: input.ContentType ?? 'binary/octet-stream',
    CacheControl: input.CacheControl,
    ContentDisposition: input.ContentDisposition,
    ContentEncoding: encoding === '' ? undefined : encoding,
    ContentLanguage: input.ContentLanguage,
    Expires: input.Expires,
  };
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') checkText(name, value);
  return headers;
};

/** Throws for storage classes, encryptions and ACLs the runtime does not have; those it has change nothing. */
export const checkPlacement = ({ StorageClass, ServerSideEncryption, BucketKeyEnabled, ACL }: StoredInput): void => {
  if (StorageClass !== undefined && StorageClass !== 'STANDARD')
    throw new AwsError('InvalidStorageClass', `The runtime has the storage class STANDARD only, not ${StorageClass}`);
  if ((ServerSideEncryption !== undefined && ServerSideEncryption !== 'AES256') || BucketKeyEnabled)
    throw new AwsError('NotImplemented', `NotImplemented: the runtime knows the encryption AES256 only`, 501);
  if (ACL !== undefined && ACL !== 'private' && ACL !== 'bucket-owner-full-control')
    throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
};

/** What every answer about a written version says: version and encryption. */
export const versionMembers = (bucket: Bucket, { VersionId }: { VersionId: string }) => ({
  ServerSideEncryption: 'AES256' as const,
  ...(bucket.Versioning && { VersionId }),
});

/** Members of the answers of GetObject and HeadObject. */
export const describeVersion = (bucket: Bucket, version: Version) => ({
  ...version.Headers,
  AcceptRanges: 'bytes',
  ETag: `"${version.ETag}"`,
  LastModified: version.LastModified,
  Metadata: version.Metadata,
  ...versionMembers(bucket, version),
  ...(Object.keys(version.Tags).length > 0 && { TagCount: Object.keys(version.Tags).length }),
});

/** Checksum members, with the type that tells SDKs whether they can check it themselves. */
export const checksumOutput = ({ Checksum: checksum, Parts }: Pick<Version, 'Checksum' | 'Parts'>) =>
  checksum ? { ...checksumMembers(checksum), ChecksumType: Parts === undefined ? 'FULL_OBJECT' : 'COMPOSITE' } : {};

const headerOfMember: Readonly<Record<string, string>> = {
  AcceptRanges: 'accept-ranges',
  CacheControl: 'cache-control',
  ChecksumCRC32: checksumHeader('CRC32'),
  ChecksumCRC32C: checksumHeader('CRC32C'),
  ChecksumCRC64NVME: checksumHeader('CRC64NVME'),
  ChecksumSHA1: checksumHeader('SHA1'),
  ChecksumSHA256: checksumHeader('SHA256'),
  ChecksumType: 'x-amz-checksum-type',
  ContentDisposition: 'content-disposition',
  ContentEncoding: 'content-encoding',
  ContentLanguage: 'content-language',
  ContentLength: 'content-length',
  ContentRange: 'content-range',
  ContentType: 'content-type',
  CopySourceVersionId: 'x-amz-copy-source-version-id',
  DeleteMarker: 'x-amz-delete-marker',
  ETag: 'etag',
  Expires: 'expires',
  PartsCount: 'x-amz-mp-parts-count',
  ServerSideEncryption: 'x-amz-server-side-encryption',
  TagCount: 'x-amz-tagging-count',
  VersionId: 'x-amz-version-id',
};

/** The headers of an answer, from its members; members that belong in a body are left out. */
export const answerHeaders = (members: object): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const [member, value] of Object.entries(members)) {
    const name = headerOfMember[member];
    if (name && value !== undefined) headers[name] = String(value);
  }
  const { LastModified, Metadata } = members as { LastModified?: unknown; Metadata?: object };
  if (typeof LastModified === 'number') headers['last-modified'] = new Date(LastModified * 1000).toUTCString();
  for (const [name, value] of Object.entries(Metadata ?? {})) headers[`x-amz-meta-${name}`] = String(value);
  return headers;
};
