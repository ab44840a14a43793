import * as z from 'zod';
import { operation, type Call, type HttpAnswer } from '../../operation.ts';
import { bucketOf, objectMembers, onObject } from './bucket.ts';
import { checkRead } from './conditions.ts';
import { answerHeaders, checksumOutput, describeVersion } from './objectHeaders.ts';
import { parseRange } from './range.ts';
import type { S3State } from './state.ts';
import { findVersion } from './versions.ts';

/** Members of reads that GetObject and HeadObject share. */
export const readMembers = {
  ...objectMembers,
  VersionId: z.string().optional(),
  IfMatch: z.string().optional(),
  IfNoneMatch: z.string().optional(),
  IfModifiedSince: z.union([z.string(), z.number()]).optional(),
  IfUnmodifiedSince: z.union([z.string(), z.number()]).optional(),
  Range: z.string().optional(),
  ChecksumMode: z.literal('ENABLED').optional(),
  ResponseCacheControl: z.string().optional(),
  ResponseContentDisposition: z.string().optional(),
  ResponseContentEncoding: z.string().optional(),
  ResponseContentLanguage: z.string().optional(),
  ResponseContentType: z.string().optional(),
  ResponseExpires: z.string().optional(),
};

const input = z.strictObject(readMembers);
type ReadInput = z.infer<typeof input>;

const overrides = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
] as const;

/** What a read finds: the version, the bytes asked for, and the members that describe them. */
export const readObject = async (call: Call<S3State>, it: ReadInput) => {
  const bucket = bucketOf(call, it);
  const version = await findVersion(call, bucket, it);
  checkRead(version, it);
  const range = parseRange(it.Range, version.Size);
  const { start, end } = range ?? { start: 0, end: version.Size };
  const replaced = overrides.flatMap((member) => {
    const value = it[`Response${member}`];
    return value === undefined ? [] : [[member, value] as const];
  });
  const members = {
    ...describeVersion(bucket, version),
    ...Object.fromEntries(replaced),
    ContentLength: end - start,
    ...(range && { ContentRange: `bytes ${start}-${end - 1}/${version.Size}` }),
    // A checksum of the whole says nothing of a part of it.
    ...(it.ChecksumMode && !range && checksumOutput(version)),
  };
  return { version, start, end, members, status: range ? 206 : 200 };
};

/** The bytes of an object, streamed from its files. */
export const getObject = operation({
  input,
  needs: onObject('GetObject', 'GetObjectVersion'),
  async run(it, call: Call<S3State>) {
    const { version, start, end, members, status } = await readObject(call, it);
    const Body = call.state.blobs.read(version.Content, start, end);
    const answer: Partial<HttpAnswer> = call.http
      ? { http: { status, headers: answerHeaders(members), body: Body } }
      : {};
    return { ...members, Body, ...answer };
  },
});
