/**
 * Which operation a request means. S3 tells operations apart by method, by what the path names (nothing, a bucket, an
 * object), and by a query parameter or a header; the first row that fits wins. Everything a request says is mapped to a
 * member, so that an operation's grammar refuses what it does not support.
 */
import { AwsError, type HttpRequest, type Routed } from '../../operation.ts';
import { readBody } from '../../protocols/body.ts';
import { documents } from './documents.ts';
import { notImplemented } from './errors.ts';
import { readXml } from './xmlBody.ts';

interface Route {
  method: string;
  target: 'service' | 'bucket' | 'object';
  /** A query parameter that must be there. */
  query?: string;
  /** A header that must be there. */
  header?: string;
  operation: string;
  /** What the body is: the bytes of an object, an XML document, or the text of a policy. */
  body?: 'bytes' | 'text' | keyof typeof documents;
  /** Whether the headers of HTTP itself belong to an object that is written or condition one that is read. */
  headers?: 'write' | 'read';
}

const routes: readonly Route[] = [
  { method: 'GET', target: 'service', operation: 'ListBuckets' },
  { method: 'GET', target: 'bucket', query: 'location', operation: 'GetBucketLocation' },
  { method: 'GET', target: 'bucket', query: 'versioning', operation: 'GetBucketVersioning' },
  {
    method: 'PUT',
    target: 'bucket',
    query: 'versioning',
    operation: 'PutBucketVersioning',
    body: 'VersioningConfiguration',
  },
  { method: 'GET', target: 'bucket', query: 'encryption', operation: 'GetBucketEncryption' },
  {
    method: 'PUT',
    target: 'bucket',
    query: 'encryption',
    operation: 'PutBucketEncryption',
    body: 'ServerSideEncryptionConfiguration',
  },
  { method: 'DELETE', target: 'bucket', query: 'encryption', operation: 'DeleteBucketEncryption' },
  { method: 'GET', target: 'bucket', query: 'publicAccessBlock', operation: 'GetPublicAccessBlock' },
  {
    method: 'PUT',
    target: 'bucket',
    query: 'publicAccessBlock',
    operation: 'PutPublicAccessBlock',
    body: 'PublicAccessBlockConfiguration',
  },
  { method: 'DELETE', target: 'bucket', query: 'publicAccessBlock', operation: 'DeletePublicAccessBlock' },
  { method: 'GET', target: 'bucket', query: 'policy', operation: 'GetBucketPolicy' },
  { method: 'PUT', target: 'bucket', query: 'policy', operation: 'PutBucketPolicy', body: 'text' },
  { method: 'DELETE', target: 'bucket', query: 'policy', operation: 'DeleteBucketPolicy' },
  { method: 'GET', target: 'bucket', query: 'notification', operation: 'GetBucketNotificationConfiguration' },
  {
    method: 'PUT',
    target: 'bucket',
    query: 'notification',
    operation: 'PutBucketNotificationConfiguration',
    body: 'NotificationConfiguration',
  },
  { method: 'GET', target: 'bucket', query: 'tagging', operation: 'GetBucketTagging' },
  { method: 'PUT', target: 'bucket', query: 'tagging', operation: 'PutBucketTagging', body: 'Tagging' },
  { method: 'DELETE', target: 'bucket', query: 'tagging', operation: 'DeleteBucketTagging' },
  { method: 'GET', target: 'bucket', query: 'ownershipControls', operation: 'GetBucketOwnershipControls' },
  {
    method: 'PUT',
    target: 'bucket',
    query: 'ownershipControls',
    operation: 'PutBucketOwnershipControls',
    body: 'OwnershipControls',
  },
  { method: 'DELETE', target: 'bucket', query: 'ownershipControls', operation: 'DeleteBucketOwnershipControls' },
  { method: 'GET', target: 'bucket', query: 'lifecycle', operation: 'GetBucketLifecycleConfiguration' },
  {
    method: 'PUT',
    target: 'bucket',
    query: 'lifecycle',
    operation: 'PutBucketLifecycleConfiguration',
    body: 'LifecycleConfiguration',
  },
  { method: 'DELETE', target: 'bucket', query: 'lifecycle', operation: 'DeleteBucketLifecycle' },
  { method: 'GET', target: 'bucket', query: 'uploads', operation: 'ListMultipartUploads' },
  { method: 'GET', target: 'bucket', query: 'versions', operation: 'ListObjectVersions' },
  { method: 'GET', target: 'bucket', query: 'list-type', operation: 'ListObjectsV2' },
  { method: 'POST', target: 'bucket', query: 'delete', operation: 'DeleteObjects', body: 'Delete' },
  { method: 'GET', target: 'bucket', operation: 'ListObjects' },
  { method: 'HEAD', target: 'bucket', operation: 'HeadBucket' },
  { method: 'PUT', target: 'bucket', operation: 'CreateBucket', body: 'CreateBucketConfiguration' },
  { method: 'DELETE', target: 'bucket', operation: 'DeleteBucket' },
  { method: 'GET', target: 'object', query: 'tagging', operation: 'GetObjectTagging' },
  { method: 'PUT', target: 'object', query: 'tagging', operation: 'PutObjectTagging', body: 'Tagging' },
  { method: 'DELETE', target: 'object', query: 'tagging', operation: 'DeleteObjectTagging' },
  { method: 'POST', target: 'object', query: 'uploads', operation: 'CreateMultipartUpload', headers: 'write' },
  { method: 'PUT', target: 'object', query: 'partNumber', header: 'x-amz-copy-source', operation: 'UploadPartCopy' },
  { method: 'PUT', target: 'object', query: 'partNumber', operation: 'UploadPart', body: 'bytes' },
  {
    method: 'POST',
    target: 'object',
    query: 'uploadId',
    operation: 'CompleteMultipartUpload',
    body: 'CompleteMultipartUpload',
    headers: 'read',
  },
  { method: 'DELETE', target: 'object', query: 'uploadId', operation: 'AbortMultipartUpload' },
  { method: 'GET', target: 'object', query: 'uploadId', operation: 'ListParts' },
  { method: 'PUT', target: 'object', header: 'x-amz-copy-source', operation: 'CopyObject', headers: 'write' },
  { method: 'PUT', target: 'object', operation: 'PutObject', body: 'bytes', headers: 'write' },
  { method: 'GET', target: 'object', operation: 'GetObject', headers: 'read' },
  { method: 'HEAD', target: 'object', operation: 'HeadObject', headers: 'read' },
  { method: 'DELETE', target: 'object', operation: 'DeleteObject' },
];

const queryMembers: Readonly<Record<string, string>> = {
  'continuation-token': 'ContinuationToken',
  delimiter: 'Delimiter',
  'encoding-type': 'EncodingType',
  'fetch-owner': 'FetchOwner',
  'key-marker': 'KeyMarker',
  marker: 'Marker',
  'max-keys': 'MaxKeys',
  'max-parts': 'MaxParts',
  'max-uploads': 'MaxUploads',
  'part-number-marker': 'PartNumberMarker',
  partNumber: 'PartNumber',
  prefix: 'Prefix',
  'response-cache-control': 'ResponseCacheControl',
  'response-content-disposition': 'ResponseContentDisposition',
  'response-content-encoding': 'ResponseContentEncoding',
  'response-content-language': 'ResponseContentLanguage',
  'response-content-type': 'ResponseContentType',
  'response-expires': 'ResponseExpires',
  'start-after': 'StartAfter',
  'upload-id-marker': 'UploadIdMarker',
  uploadId: 'UploadId',
  'version-id-marker': 'VersionIdMarker',
  versionId: 'VersionId',
};

const amzMembers: Readonly<Record<string, string>> = {
  'x-amz-acl': 'ACL',
  'x-amz-bucket-object-lock-enabled': 'ObjectLockEnabledForBucket',
  'x-amz-checksum-algorithm': 'ChecksumAlgorithm',
  'x-amz-checksum-crc32': 'ChecksumCRC32',
  'x-amz-checksum-crc32c': 'ChecksumCRC32C',
  'x-amz-checksum-crc64nvme': 'ChecksumCRC64NVME',
  'x-amz-checksum-mode': 'ChecksumMode',
  'x-amz-checksum-sha1': 'ChecksumSHA1',
  'x-amz-checksum-sha256': 'ChecksumSHA256',
  'x-amz-checksum-type': 'ChecksumType',
  'x-amz-copy-source': 'CopySource',
  'x-amz-copy-source-if-match': 'CopySourceIfMatch',
  'x-amz-copy-source-if-modified-since': 'CopySourceIfModifiedSince',
  'x-amz-copy-source-if-none-match': 'CopySourceIfNoneMatch',
  'x-amz-copy-source-if-unmodified-since': 'CopySourceIfUnmodifiedSince',
  'x-amz-copy-source-range': 'CopySourceRange',
  'x-amz-expected-bucket-owner': 'ExpectedBucketOwner',
  'x-amz-metadata-directive': 'MetadataDirective',
  'x-amz-mp-object-size': 'MpuObjectSize',
  'x-amz-object-ownership': 'ObjectOwnership',
  'x-amz-sdk-checksum-algorithm': 'ChecksumAlgorithm',
  'x-amz-server-side-encryption': 'ServerSideEncryption',
  'x-amz-server-side-encryption-bucket-key-enabled': 'BucketKeyEnabled',
  'x-amz-source-expected-bucket-owner': 'ExpectedSourceBucketOwner',
  'x-amz-storage-class': 'StorageClass',
  'x-amz-tagging': 'Tagging',
  'x-amz-tagging-directive': 'TaggingDirective',
};

/** Headers about the signature and the transport, which the gateway deals with; the requester pays nobody here. */
const transport = new Set([
  'x-amz-algorithm',
  'x-amz-content-sha256',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-expires',
  'x-amz-request-payer',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
  'x-amz-te',
  'x-amz-trailer',
  'x-amz-user-agent',
]);

const httpMembers = {
  write: {
    'cache-control': 'CacheControl',
    'content-disposition': 'ContentDisposition',
    'content-encoding': 'ContentEncoding',
    'content-language': 'ContentLanguage',
    'content-type': 'ContentType',
    expires: 'Expires',
    'if-match': 'IfMatch',
    'if-none-match': 'IfNoneMatch',
  },
  read: {
    'if-match': 'IfMatch',
    'if-modified-since': 'IfModifiedSince',
    'if-none-match': 'IfNoneMatch',
    'if-unmodified-since': 'IfUnmodifiedSince',
    range: 'Range',
  },
} as const;

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    const error = new AwsError('InvalidURI', `Couldn't parse the specified URI: ${text}`);
    error.cause = cause;
    throw error;
  }
};

const targetOf = (path: string): { target: Route['target']; names: Record<string, string> } => {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  if (bucket === '') return { target: 'service', names: {} };
  if (key === '') return { target: 'bucket', names: { Bucket: decode(bucket) } };
  return { target: 'object', names: { Bucket: decode(bucket), Key: decode(key) } };
};

const isAmz = (name: string) => name.toLowerCase().startsWith('x-amz-');

/** A presigned URL carries in its query what a signed request has in headers. */
const allHeaders = ({ headers, query }: HttpRequest): Record<string, string> => ({
  ...headers,
  ...Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (isAmz(name) ? [[name.toLowerCase(), value]] : [])),
  ),
});

const fromHeaders = (headers: Readonly<Record<string, string>>, { headers: kind, body }: Route) => {
  const members: Record<string, unknown> = {};
  const metadata: Record<string, string> = {};
  // The checksum of a document concerns its transport alone; it is checked where the document is read.
  const isDocument = body !== undefined && body !== 'bytes';
  for (const [name, value] of Object.entries(headers)) {
    if (!isAmz(name) || transport.has(name)) continue;
    if (name.startsWith('x-amz-meta-')) metadata[name.slice('x-amz-meta-'.length)] = value;
    else if (isDocument && /^x-amz-(?:sdk-)?checksum-/.test(name) && name !== 'x-amz-checksum-type') continue;
    else if (amzMembers[name]) members[amzMembers[name]] = value;
    else throw notImplemented(`the header ${name} is not supported by this runtime`);
  }
  if (Object.keys(metadata).length > 0) members['Metadata'] = metadata;
  for (const [name, member] of Object.entries(kind ? httpMembers[kind] : {}))
    if (headers[name] !== undefined) members[member] = headers[name];
  return members;
};

const fromQuery = (query: Readonly<Record<string, string>>, marker: string | undefined) => {
  const members: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(query)) {
    const member = queryMembers[name];
    if (member) members[member] = value;
    else if (name !== marker && name !== 'x-id' && !isAmz(name))
      throw notImplemented(`the query parameter '${name}' is not supported by this runtime here`);
  }
  return members;
};

/** Bucket policies may have 20 KB; a few more bytes are read so that the operation can say so. */
const largestText = 64 * 1024;

const fromBody = async (request: HttpRequest, { body }: Route): Promise<Record<string, unknown>> => {
  const { headers } = request;
  if (body === undefined) return {};
  if (body === 'text') return { Policy: (await readBody(request.body, largestText)).toString('utf8') };
  if (body !== 'bytes') {
    const document = await readXml(request, body);
    return document === undefined ? {} : { [documents[body].member]: documents[body].shape(document) };
  }
  const length = headers['x-amz-decoded-content-length'] ?? headers['content-length'];
  return {
    Body: request.body,
    ...(length !== undefined && { ContentLength: Number(length) }),
    ...(headers['content-md5'] !== undefined && { ContentMD5: headers['content-md5'] }),
  };
};

/** Reads operation and members from a request; undefined for a method S3 does not have there. */
export const route = async (request: HttpRequest): Promise<Routed | undefined> => {
  const { target, names } = targetOf(request.path);
  const found = routes.find(
    (it) =>
      it.method === request.method &&
      it.target === target &&
      (it.query === undefined || it.query in request.query) &&
      (it.header === undefined || it.header in request.headers),
  );
  if (!found) return undefined;
  const input = {
    ...fromHeaders(allHeaders(request), found),
    ...fromQuery(request.query, found.query),
    ...names,
  };
  return { operation: found.operation, input: { ...input, ...(await fromBody(request, found)) } };
};
