/** Members that several operations share, with SageMaker's own constraints (botocore sagemaker service-2, 2026-08-07). */
import * as z from 'zod';

/** AWS matches a pattern against the whole value. */
export const whole = (pattern: string, flags = '') => new RegExp(`^(?:${pattern})$`, flags);

const jobNamePattern = whole('[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}');

export const jobName = z.string().min(1).max(63).regex(jobNamePattern);
/** Endpoints, endpoint configurations, variants. */
export const entityName = z.string().max(63).regex(jobNamePattern);
export const modelName = z.string().max(63).regex(whole('[a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?'));

export const roleArn = z
  .string()
  .min(20)
  .max(2048)
  .regex(whole('arn:aws[a-z\\-]*:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+'));

/** SageMaker also accepts https URLs of S3; the runtime does not, and `parseS3Uri` says so. */
export const s3Uri = z.string().max(1024).regex(whole('(https|s3)://([^/]+)/?(.*)'));

export const kmsKeyId = z.string().max(2048).regex(whole('[a-zA-Z0-9:/_-]*'));

const tagText = whole('([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)', 'u');
export const tagKey = z.string().min(1).max(128).regex(tagText);
export const tags = z.array(z.strictObject({ Key: tagKey, Value: z.string().max(256).regex(tagText) })).max(50);

export const vpcConfig = z.strictObject({
  SecurityGroupIds: z
    .array(z.string().max(32).regex(whole('[-0-9a-zA-Z]+')))
    .min(1)
    .max(5),
  Subnets: z
    .array(z.string().max(32).regex(whole('[-0-9a-zA-Z]+')))
    .min(1)
    .max(16),
});

/** A map with at most `size` entries. */
export const mapOf = (size: number, key: z.ZodString, value: z.ZodString) =>
  z.record(key, value).refine((map) => Object.keys(map).length <= size, {
    error: `Map must have length less than or equal to ${size}`,
  });

/** Environment variables of a container; limits differ by operation. */
export const environment = (size: number, keyLength: number, valueLength: number) =>
  mapOf(size, z.string().max(keyLength).regex(whole('[a-zA-Z_][a-zA-Z0-9_]*')), z.string().max(valueLength));

export const contentType = z.string().max(256);

/** What every List operation takes. Times are epoch seconds. */
export const listing = {
  NextToken: z.string().max(8192).optional(),
  MaxResults: z.int().min(1).max(100).optional(),
  NameContains: z.string().max(63).regex(whole('[a-zA-Z0-9\\-]+')).optional(),
  CreationTimeAfter: z.number().optional(),
  CreationTimeBefore: z.number().optional(),
  SortOrder: z.enum(['Ascending', 'Descending']).optional(),
};

/** What the List operations of things that change take besides. */
export const modifiedListing = {
  LastModifiedTimeAfter: z.number().optional(),
  LastModifiedTimeBefore: z.number().optional(),
};
