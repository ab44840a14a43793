import * as z from 'zod';
import { operation, type Call, type Need } from '../../operation.ts';
import { bucketOf, checkKey, objectArn, objectMembers } from './bucket.ts';
import {
  checksumOutput,
  checkPlacement,
  headersOf,
  metadataOf,
  storedMembers,
  versionMembers,
} from './objectHeaders.ts';
import { checkWrite } from './conditions.ts';
import { headerAnswer } from './answer.ts';
import { bodyMembers, receive } from './receive.ts';
import type { S3State } from './state.ts';
import { tagHeader } from './tags.ts';
import { commitVersion, currentVersion } from './versions.ts';

const input = z.strictObject({
  ...objectMembers,
  ...bodyMembers,
  ...storedMembers,
  IfMatch: z.string().optional(),
  IfNoneMatch: z.string().optional(),
});

/** What a write of an object with these members needs: the write, and the right to tag where it carries tags. */
export const writeNeeds = (it: { Bucket: string; Key: string; Tagging?: string | undefined }): Need[] =>
  ['s3:PutObject', ...(it.Tagging ? ['s3:PutObjectTagging'] : [])].map((action) => ({
    action,
    resource: objectArn(it.Bucket, it.Key),
  }));

/** Stores an object; see receive.ts for what is verified. */
export const putObject = operation({
  input,
  needs: writeNeeds,
  async run(it, call: Call<S3State>) {
    const bucket = bucketOf(call, it);
    checkKey(it.Key);
    checkPlacement(it);
    const draft = {
      Key: it.Key,
      Headers: headersOf(it),
      Metadata: metadataOf(it.Metadata),
      Tags: tagHeader(it.Tagging),
    };
    // Looked at before the body is read, so that a refusal is cheap, and again when it is committed.
    checkWrite(currentVersion(call, bucket, it.Key), it);
    const { blob, etag, checksum } = await receive(call, it);
    const version = await commitVersion(
      call,
      bucket,
      { ...draft, Content: [blob], Size: blob.Size, ETag: etag, Checksum: checksum },
      'PutObject',
      it,
    );
    return headerAnswer(call, {
      ETag: `"${etag}"`,
      ...versionMembers(bucket, version),
      ...checksumOutput(version),
    });
  },
});
