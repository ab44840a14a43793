/** Tags of objects and buckets. */
import * as z from 'zod';
import { AwsError } from '../../operation.ts';

/** `<Tagging><TagSet>` as SDKs shape it. */
export const taggingMember = z.strictObject({
  TagSet: z.array(z.strictObject({ Key: z.string(), Value: z.string() })),
});

const invalidTag = (message: string) => new AwsError('InvalidTag', message);

const maxKey = 128;
const maxValue = 256;

/** A list of tags as a record. Throws InvalidTag for duplicates, and for more or longer ones than S3 takes. */
export const tagRecord = (tags: readonly { Key: string; Value: string }[], most: number): Record<string, string> => {
  if (tags.length > most)
    throw new AwsError('BadRequest', `Object tags cannot be greater than ${most}: the request has ${tags.length}`);
  const record = new Map<string, string>();
  for (const { Key, Value } of tags) {
    if (Key === '' || Key.length > maxKey) throw invalidTag('The TagKey you have provided is invalid');
    if (Value.length > maxValue) throw invalidTag('The TagValue you have provided is invalid');
    if (record.has(Key)) throw invalidTag('Cannot provide multiple Tags with the same key');
    record.set(Key, Value);
  }
  return Object.fromEntries(record);
};

export const mostObjectTags = 10;
export const mostBucketTags = 50;

/** The header `x-amz-tagging`, which is a query string. */
export const tagHeader = (header: string | undefined): Record<string, string> =>
  tagRecord(
    [...new URLSearchParams(header ?? '')].map(([Key, Value]) => ({ Key, Value })),
    mostObjectTags,
  );

/** A record of tags as a list in the order of the keys. */
export const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags)
    .map(([Key, Value]) => ({ Key, Value }))
    .sort((a, b) => (a.Key < b.Key ? -1 : 1));
