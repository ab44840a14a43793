/** POST /pipelines/{name}/uploads: an address to which anybody who has it may PUT one file, so that curl or a browser can drop it. */
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import * as z from 'zod';
import { uploadKey } from '../../spec/uploadKey.ts';
import { defineRoute } from '../lib/defineRoute.ts';
import { environment } from '../lib/environment.ts';
import { pipelineParams } from '../lib/pipelineParams.ts';

/** S3 takes no more in one PUT. */
const largest = 5 * 2 ** 30;
const expiresIn = 900;

const asked = z.strictObject({
  /** Below drop/<pipeline>/; folders are part of it. */
  filename: z.string().min(1).max(1024),
  contentType: z
    .string()
    .max(128)
    .regex(/^[\w.+-]+\/[\w.+-]+(; ?charset=[\w-]+)?$/, 'a media type such as text/csv')
    .optional(),
  /** The size of the file: S3 then takes no other. */
  bytes: z.int().min(0).max(largest).optional(),
});

// Made on first use: a checksum of a body that nobody has yet must not be signed.
let client: S3Client | undefined;

export const handler = defineRoute(
  {
    method: 'POST',
    path: '/pipelines/{name}/uploads',
    summary:
      'An address to which one file can be uploaded within 15 minutes without any credentials, as a drop of the pipeline',
    params: pipelineParams,
    body: { 'application/json': asked },
    answers: {
      201: z.strictObject({
        method: z.literal('PUT'),
        url: z.string(),
        /** To be sent as they are; clients send content-length by themselves. */
        headers: z.record(z.string(), z.string()),
        key: z.string(),
        expiresAt: z.string(),
      }),
    },
  },
  async ({ params: { name }, body: { filename, contentType, bytes } }) => {
    const key = uploadKey(name, filename);
    client ??= new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
    const put = new PutObjectCommand({
      Bucket: environment('BUCKET_NAME'),
      Key: key,
      ContentType: contentType,
      ContentLength: bytes,
    });
    const headers: Record<string, string> = contentType ? { 'content-type': contentType } : {};
    const now = new Date();
    const signed = ['host', ...Object.keys(headers), ...(bytes === undefined ? [] : ['content-length'])];
    const url = await getSignedUrl(client, put, {
      expiresIn,
      signingDate: now,
      signableHeaders: new Set(signed),
    });
    return {
      status: 201,
      body: {
        method: 'PUT' as const,
        url,
        headers,
        key,
        expiresAt: new Date(now.getTime() + expiresIn * 1000).toISOString(),
      },
    };
  },
);
