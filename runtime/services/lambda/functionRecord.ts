import * as z from 'zod';
import { AwsError, type World } from '../../operation.ts';
import type { FunctionLayer } from './layerRecord.ts';
import type { PolicyStatement } from './resourcePolicy.ts';

/** A function as it is kept in the store (table `lambda.functions`, keyed by name). */
export interface FunctionRecord {
  name: string;
  arn: string;
  runtime: string;
  role: string;
  handler: string;
  description: string;
  /** Seconds. */
  timeout: number;
  /** MB. */
  memorySize: number;
  environment: Record<string, string>;
  architectures: readonly string[];
  /** MB of /tmp; kept for the answer. */
  ephemeralStorage: number;
  tracingMode: string;
  logGroup: string;
  tags: Record<string, string>;
  /** Bytes of the zip. */
  codeSize: number;
  /** Base64, as in the API. */
  codeSha256: string;
  /** Bytes of the code's files; absent for functions of earlier releases. */
  unzippedSize?: number;
  /** In the order they are laid over each other. */
  layers?: readonly FunctionLayer[];
  /** Epoch ms of the last change to code or configuration. */
  lastModified: number;
  revisionId: string;
  /** Counts changes to code and configuration: an execution environment serves one generation. */
  generation: number;
  policy: readonly PolicyStatement[];
  reservedConcurrency?: number;
  eventInvokeConfig?: {
    maximumRetryAttempts?: number;
    maximumEventAgeInSeconds?: number;
    /** ARNs of queues, topics, functions. */
    onSuccess?: string;
    onFailure?: string;
    lastModified: number;
  };
  /** ARN of the queue or topic for asynchronous events that failed for good. */
  deadLetterTarget?: string;
}

/** A function by name, partial ARN or ARN, with `$LATEST` as the only qualifier (versions and aliases are not kept). */
export const functionName = z
  .string()
  .min(1)
  .max(140)
  .regex(
    /^(arn:aws:lambda:)?([a-z]{2}(-[a-z]+)+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?$/,
  );

export const latestQualifier = z.literal('$LATEST').optional();

/** What a reference names: `name`, with the account, region and qualifier dropped. Throws for qualifiers but `$LATEST`. */
export const nameOf = (reference: string): string => {
  const parts = reference.split(':');
  const at = parts.indexOf('function');
  const [name = '', qualifier] = at < 0 ? parts : parts.slice(at + 1);
  if (qualifier !== undefined && qualifier !== '$LATEST')
    throw new AwsError('ResourceNotFoundException', `Function not found: ${reference}`, 404, { Type: 'User' });
  return name;
};

export const arnOf = (world: World, reference: string): string =>
  `arn:${world.partition}:lambda:${world.region}:${world.accountId}:function:${nameOf(reference)}`;

/** `2026-11-21T09:30:00.000+0000`, the form Lambda writes its times in; of epoch ms. */
export const timestamp = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000');

/** The FunctionConfiguration of the API. */
export const configurationOf = (fn: FunctionRecord) => ({
  FunctionName: fn.name,
  FunctionArn: fn.arn,
  Runtime: fn.runtime,
  Role: fn.role,
  Handler: fn.handler,
  CodeSize: fn.codeSize,
  Description: fn.description,
  Timeout: fn.timeout,
  MemorySize: fn.memorySize,
  LastModified: timestamp(fn.lastModified),
  CodeSha256: fn.codeSha256,
  Version: '$LATEST',
  ...(fn.layers?.length && { Layers: fn.layers.map(({ arn, codeSize }) => ({ Arn: arn, CodeSize: codeSize })) }),
  ...(Object.keys(fn.environment).length > 0 && { Environment: { Variables: fn.environment } }),
  TracingConfig: { Mode: fn.tracingMode },
  ...(fn.deadLetterTarget !== undefined && { DeadLetterConfig: { TargetArn: fn.deadLetterTarget } }),
  RevisionId: fn.revisionId,
  State: 'Active',
  LastUpdateStatus: 'Successful',
  PackageType: 'Zip',
  Architectures: fn.architectures,
  EphemeralStorage: { Size: fn.ephemeralStorage },
  SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
  LoggingConfig: { LogFormat: 'Text', LogGroup: fn.logGroup },
});
