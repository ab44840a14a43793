/** Logging, tracing and encryption of a state machine: what AWS accepts, in its words where it does not. */
import * as z from 'zod';
import { AwsError } from '../../operation.ts';

export interface LoggingConfiguration {
  level: 'ALL' | 'ERROR' | 'FATAL' | 'OFF';
  includeExecutionData: boolean;
  destinations?: { cloudWatchLogsLogGroup?: { logGroupArn?: string | undefined } | undefined }[] | undefined;
}

export const logging = z.strictObject({
  level: z.enum(['ALL', 'ERROR', 'FATAL', 'OFF']).optional(),
  includeExecutionData: z.boolean().optional(),
  destinations: z
    .array(
      z.strictObject({
        cloudWatchLogsLogGroup: z.strictObject({ logGroupArn: z.string().min(1).max(256).optional() }).optional(),
      }),
    )
    .optional(),
});

export const tracing = z.strictObject({ enabled: z.boolean().optional() });

export const encryption = z.strictObject({
  type: z.enum(['AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KMS_KEY']),
  kmsKeyId: z.string().min(1).max(2048).optional(),
  kmsDataKeyReusePeriodSeconds: z.int().min(60).max(900).nullish(),
});

const badLogging = (why: string) =>
  new AwsError('InvalidLoggingConfiguration', `Invalid Logging Configuration: ${why}`);

/** With its defaults. Throws InvalidLoggingConfiguration; a group's ARN must end with `:*`. */
export const loggingOf = (given: z.infer<typeof logging> = {}): LoggingConfiguration => {
  const { level = 'OFF', includeExecutionData = false, destinations } = given;
  if ((destinations?.length ?? 0) > 1 || (level !== 'OFF' && !destinations?.length))
    throw badLogging('Must specify exactly one Log Destination.');
  for (const { cloudWatchLogsLogGroup } of destinations ?? []) {
    const arn = cloudWatchLogsLogGroup?.logGroupArn ?? '';
    if (!/^arn:[^:]+:logs:[^:]+:\d{12}:log-group:[^:]+:\*$/.test(arn)) throw badLogging('Invalid Log Destination.');
  }
  return { level, includeExecutionData, ...(destinations && destinations.length > 0 && { destinations }) };
};

/** Throws InvalidEncryptionConfiguration, and NotImplemented for keys of a customer: the runtime has no KMS. */
export const checkEncryption = (given: z.infer<typeof encryption> | undefined): void => {
  if (given === undefined) return;
  const refused = (why: string) =>
    new AwsError('InvalidEncryptionConfiguration', `Invalid Encryption Configuration: ${why}`);
  if (given.type === 'AWS_OWNED_KEY') {
    if (given.kmsKeyId !== undefined) throw refused('kmsKeyId cannot be specified for AWS_OWNED_KEY');
    return;
  }
  if (given.kmsKeyId === undefined) throw refused('kmsKeyId must be specified for CUSTOMER_MANAGED_KMS_KEY');
  throw new AwsError(
    'NotImplemented',
    'NotImplemented: encryptionConfiguration.type CUSTOMER_MANAGED_KMS_KEY is not supported by this runtime',
    501,
  );
};
