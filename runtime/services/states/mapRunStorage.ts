import type { JsonObject } from '../../asl/json.ts';
import type { Place, Storage } from '../../asl/mapRun/read.ts';
import { AwsError, type Principal, type World } from '../../operation.ts';
import { sdkError } from './integrations/serviceErrors.ts';

/** The objects of S3 as a role sees them. */
export const storageOf = (world: World, principal: Principal): Storage => {
  const call = async (operation: string, input: unknown) => {
    try {
      return await world.call(principal, 's3', operation, input);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new Error(sdkError('s3', error, world.ids.uuid()).explanation, { cause: error });
    }
  };
  const object = async ({ bucket, key, versionId, owner }: Place, more: object = {}) => {
    const input = {
      Bucket: bucket,
      Key: key,
      ...(versionId !== undefined && { VersionId: versionId }),
      ...(owner !== undefined && { ExpectedBucketOwner: owner }),
      ...more,
    };
    return (await call('GetObject', input)) as {
      Body: AsyncIterable<Uint8Array>;
      ETag: string;
      ContentRange?: string;
    };
  };
  return {
    async *read(at) {
      const { Body } = await object(at);
      yield* Body;
    },
    async parts(at) {
      const { ContentRange, ETag, Body } = await object(at, { Range: 'bytes=0-0' });
      for await (const chunk of Body) void chunk;
      return {
        byteLength: Number(/\d+$/.exec(ContentRange ?? '')?.[0] ?? 0),
        async part(start, end) {
          const found = await object(at, { Range: `bytes=${start}-${end - 1}`, IfMatch: ETag });
          const chunks: Uint8Array[] = [];
          for await (const chunk of found.Body) chunks.push(chunk);
          return Buffer.concat(chunks);
        },
      };
    },
    async *list(parameters) {
      let more: string | undefined;
      do {
        const page = (await call('ListObjectsV2', {
          ...parameters,
          ...(more !== undefined && { ContinuationToken: more }),
        })) as {
          Contents?: { Key: string; ETag: string; Size: number; StorageClass: string; LastModified: number | string }[];
          NextContinuationToken?: string;
        };
        for (const { Key, ETag, Size, StorageClass, LastModified } of page.Contents ?? []) {
          const at = typeof LastModified === 'number' ? LastModified : Date.parse(LastModified) / 1000;
          const object: JsonObject = { Etag: ETag, Key, LastModified: Math.floor(at), Size, StorageClass };
          yield object;
        }
        more = page.NextContinuationToken;
      } while (more !== undefined);
    },
    async write({ bucket, key }, text, contentType) {
      await call('PutObject', {
        Bucket: bucket,
        Key: key,
        Body: new TextEncoder().encode(text),
        ContentType: contentType,
      });
    },
  };
};
