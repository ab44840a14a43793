/** Input grammars shared by the operations (EventBridge API Reference). */
import * as z from 'zod';
import { queueArnPattern } from '../../queueUrl.ts';

export const ruleName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[.\-_A-Za-z0-9]+$/);

/** Only the default bus is there. */
export const defaultBus = z.literal('default').optional();

export const targetId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[.\-_A-Za-z0-9]+$/);

const queueArn = z.string().regex(queueArnPattern);

export const target = z.strictObject({
  Id: targetId,
  Arn: z.string().min(1).max(1600),
  RoleArn: z.string().min(1).max(1600).optional(),
  Input: z.string().max(8192).optional(),
  SqsParameters: z.strictObject({ MessageGroupId: z.string().min(1).max(128).optional() }).optional(),
  DeadLetterConfig: z.strictObject({ Arn: queueArn.optional() }).optional(),
  RetryPolicy: z
    .strictObject({
      MaximumRetryAttempts: z.int().min(0).max(185).optional(),
      MaximumEventAgeInSeconds: z.int().min(60).max(86_400).optional(),
    })
    .optional(),
});
