import * as z from 'zod';
import { resourceType } from '../resource.ts';
import { unlessGone, unlessThere } from './gone.ts';
import { tags } from './tags.ts';

const properties = z.strictObject({
  Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
  FunctionName: z.string().optional(),
  Handler: z.string(),
  Runtime: z.string(),
  Architectures: z.array(z.string()).optional(),
  MemorySize: z.int().optional(),
  Timeout: z.int().optional(),
  Role: z.string(),
  Description: z.string().optional(),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).optional() }).optional(),
  DeadLetterConfig: z.strictObject({ TargetArn: z.string() }).optional(),
  Layers: z.array(z.string()).optional(),
  EphemeralStorage: z.strictObject({ Size: z.int() }).optional(),
  TracingConfig: z.strictObject({ Mode: z.enum(['Active', 'PassThrough']) }).optional(),
  ReservedConcurrentExecutions: z.int().min(0).optional(),
  Tags: tags,
});

/** AWS::Lambda::Function. The artefact is put into the bucket first, where `serverless deploy` would put it. */
export const lambdaFunction = resourceType({
  properties,
  async apply(given, { world, call, asset, defaultName }) {
    const {
      Code,
      FunctionName = defaultName(64),
      Architectures,
      ReservedConcurrentExecutions,
      Tags,
      ...settings
    } = given;
    const { S3Bucket, S3Key } = Code;
    await call('s3', 'PutObject', { Bucket: S3Bucket, Key: S3Key, Body: await asset(S3Key) });
    const code = { S3Bucket, S3Key };
    const architectures = Architectures && { Architectures };
    const created = await unlessThere(['ResourceConflictException'], () =>
      call('lambda', 'CreateFunction', {
        FunctionName,
        Code: code,
        ...settings,
        ...architectures,
        ...(Tags && { Tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) }),
      }),
    );
    if (!created) {
      await call('lambda', 'UpdateFunctionConfiguration', { FunctionName, ...cleared, ...settings });
      await call('lambda', 'UpdateFunctionCode', { FunctionName, ...code, ...architectures });
    }
    if (ReservedConcurrentExecutions !== undefined)
      await call('lambda', 'PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions });
    else if (!created) await call('lambda', 'DeleteFunctionConcurrency', { FunctionName });
    return {
      ref: FunctionName,
      attributes: { Arn: `arn:${world.partition}:lambda:${world.region}:${world.accountId}:function:${FunctionName}` },
    };
  },
  remove: ({ ref }, { call }) => unlessGone(() => call('lambda', 'DeleteFunction', { FunctionName: ref })),
});

/** What a function no longer has when the template no longer says it. */
const cleared = { DeadLetterConfig: { TargetArn: '' }, Layers: [] };
