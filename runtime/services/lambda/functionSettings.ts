/** The grammar of what a function is made of, shared by create and update, and the checks no grammar can express. */
import * as z from 'zod';
import { AwsError, type Call, type Need, type World } from '../../operation.ts';
import type { FunctionRecord } from './functionRecord.ts';
import { unpackBundle, type Unpacked } from './bundle.ts';
import type { LambdaState } from './lambdaState.ts';
import { layerVersionArn } from './layerRecord.ts';

/** Bytes: base64 text on the wire, as they are from a sibling service. */
const blob = z.union([z.instanceof(Uint8Array), z.base64().transform((text) => Buffer.from(text, 'base64'))]);

export const codeMembers = {
  ZipFile: blob.optional(),
  S3Bucket: z.string().min(3).max(63).optional(),
  S3Key: z.string().min(1).max(1024).optional(),
  S3ObjectVersion: z.string().min(1).max(1024).optional(),
};

export const roleArn = z.string().regex(/^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/);

export const configurationMembers = {
  Description: z.string().max(256).optional(),
  Timeout: z.int().min(1).max(900).optional(),
  MemorySize: z.int().min(128).max(10_240).optional(),
  Environment: z
    .strictObject({
      Variables: z.record(z.string().regex(/^[a-zA-Z]([a-zA-Z0-9_])+$/), z.string()).optional(),
    })
    .optional(),
  TracingConfig: z.strictObject({ Mode: z.enum(['Active', 'PassThrough']).optional() }).optional(),
  EphemeralStorage: z.strictObject({ Size: z.int().min(512).max(10_240) }).optional(),
  LoggingConfig: z
    .strictObject({
      LogFormat: z.literal('Text').optional(),
      LogGroup: z
        .string()
        .regex(/^[.\-_/#A-Za-z0-9]{1,512}$/)
        .optional(),
    })
    .optional(),
  SnapStart: z.strictObject({ ApplyOn: z.literal('None').optional() }).optional(),
  /** An empty ARN takes the dead-letter queue away. */
  DeadLetterConfig: z
    .strictObject({
      TargetArn: z
        .string()
        .regex(/^(?:arn:aws:(?:sqs|sns):[a-z0-9-]+:\d{12}:[\w.-]+)?$/)
        .optional(),
    })
    .optional(),
  Layers: z.array(layerVersionArn).max(5).optional(),
};

export const runtimeName = z.enum(['nodejs20.x', 'nodejs22.x', 'nodejs24.x']);
export const handlerName = z
  .string()
  .max(128)
  .regex(/^[^\s]+$/);

const s3Object = z.looseObject({
  Body: z.custom<AsyncIterable<Uint8Array>>((body) => typeof body === 'object' && body !== null),
});

type Code = z.output<z.ZodObject<typeof codeMembers>>;
type Settings = z.output<z.ZodObject<typeof configurationMembers>>;

export const invalid = (message: string): AwsError =>
  new AwsError('InvalidParameterValueException', message, 400, { Type: 'User' });

/** Fetches the zip of a function's code and unpacks it. */
export const installCode = async (call: Call<LambdaState>, name: string, code: Code): Promise<Unpacked> =>
  unpackBundle(call.world, name, await fetchZip(call, code));

/** The zip that a request holds or names; an object is fetched as the caller, whose permission AWS asks for too. */
export const fetchZip = async (call: Call<LambdaState>, code: Code): Promise<Uint8Array> => {
  const { ZipFile, S3Bucket, S3Key, S3ObjectVersion } = code;
  if (ZipFile && !S3Bucket && !S3Key) return ZipFile;
  if (ZipFile || !S3Bucket || !S3Key)
    throw invalid('Please provide a source for function code: either ZipFile or S3Bucket and S3Key.');
  const parts: Uint8Array[] = [];
  try {
    const object = await call.world.call(call.principal, 's3', 'GetObject', {
      Bucket: S3Bucket,
      Key: S3Key,
      ...(S3ObjectVersion !== undefined && { VersionId: S3ObjectVersion }),
    });
    for await (const part of s3Object.parse(object).Body) parts.push(part);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const refused = invalid(
      `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`,
    );
    refused.cause = error;
    throw refused;
  }
  return Buffer.concat(parts);
};

/** Variables Lambda sets itself (developer guide, "Using Lambda environment variables"); NODE_OPTIONS has no meaning in a thread. */
const reserved = new Set([
  '_HANDLER',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);
const largestEnvironment = 4096;
const environmentRefusal =
  'Lambda was unable to configure your environment variables because the environment variables you have provided';

const checkedVariables = (variables: Record<string, string>): Record<string, string> => {
  const taken = Object.keys(variables).filter((name) => reserved.has(name));
  if (taken.length > 0)
    throw invalid(
      `${environmentRefusal} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${taken.join(', ')}`,
    );
  if ('NODE_OPTIONS' in variables)
    throw new AwsError(
      'NotImplemented',
      'NotImplemented: NODE_OPTIONS, most functions run in a thread of this process',
      501,
    );
  if (Buffer.byteLength(JSON.stringify(variables)) > largestEnvironment)
    throw invalid(`${environmentRefusal} exceeded the 4KB limit.`);
  return variables;
};

/** The members of `settings` that are given, as they are kept. */
export const keptSettings = (settings: Settings): Partial<FunctionRecord> => ({
  ...(settings.Description !== undefined && { description: settings.Description }),
  ...(settings.Timeout !== undefined && { timeout: settings.Timeout }),
  ...(settings.MemorySize !== undefined && { memorySize: settings.MemorySize }),
  ...(settings.Environment && { environment: checkedVariables(settings.Environment.Variables ?? {}) }),
  ...(settings.TracingConfig?.Mode && { tracingMode: settings.TracingConfig.Mode }),
  ...(settings.EphemeralStorage && { ephemeralStorage: settings.EphemeralStorage.Size }),
  ...(settings.DeadLetterConfig && { deadLetterTarget: settings.DeadLetterConfig.TargetArn || undefined }),
  ...(settings.LoggingConfig?.LogGroup && { logGroup: settings.LoggingConfig.LogGroup }),
});

/** Giving a function a role needs the right to pass it. */
export const passRole = (role: string): Need => ({
  action: 'iam:PassRole',
  resource: role,
  context: { 'iam:PassedToService': 'lambda.amazonaws.com' },
});

/** Lambda refuses a role it may not assume; where the runtime has no STS there is nothing to ask. */
export const checkAssumable = async (world: World, role: string): Promise<void> => {
  const service = 'lambda.amazonaws.com';
  const asLambda = { kind: 'service', service, arn: service } as const;
  try {
    await world.call(asLambda, 'sts', 'AssumeRole', { RoleArn: role, RoleSessionName: 'lambda' });
  } catch (error) {
    if (error instanceof AwsError && error.code === 'UnknownServiceException') return;
    const refused = invalid('The role defined for the function cannot be assumed by Lambda.');
    refused.cause = error;
    throw refused;
  }
};
