/** Input grammars shared by the operations (EventBridge Scheduler API Reference). */
import * as z from 'zod';

export const name = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[0-9a-zA-Z-_.]+$/);

export const clientToken = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-zA-Z0-9-_]+$/)
  .optional();

export const scheduleState = z.enum(['ENABLED', 'DISABLED']);
export const nextToken = z.string().min(1).max(2048).optional();
export const maxResults = z.int().min(1).max(100).optional();
export const tagKey = z.string().min(1).max(128);
export const tags = z.array(z.strictObject({ Key: tagKey, Value: z.string().min(1).max(256) })).max(200);

export const target = z.strictObject({
  Arn: z.string().min(1).max(1600),
  RoleArn: z
    .string()
    .min(1)
    .max(1600)
    .regex(/^arn:aws(-[a-z]+)?:iam::\d{12}:role\/[\w+=,.@/-]+$/),
  Input: z.string().min(1).optional(),
  RetryPolicy: z
    .strictObject({
      MaximumEventAgeInSeconds: z.int().min(60).max(86_400).optional(),
      MaximumRetryAttempts: z.int().min(0).max(185).optional(),
    })
    .optional(),
  /** A standard queue: first-in-first-out ones are not taken. */
  DeadLetterConfig: z
    .strictObject({
      Arn: z
        .string()
        .min(1)
        .max(1600)
        .regex(/^arn:aws(-[a-z]+)?:sqs:[a-z0-9-]+:\d{12}:[a-zA-Z0-9-_]+$/)
        .optional(),
    })
    .optional(),
  SqsParameters: z.strictObject({ MessageGroupId: z.string().min(1).max(128).optional() }).optional(),
  EventBridgeParameters: z
    .strictObject({ DetailType: z.string().min(1).max(128), Source: z.string().min(1).max(256) })
    .optional(),
});
export type Target = z.infer<typeof target>;

/** CreateSchedule and UpdateSchedule, which replaces everything. Dates are epoch seconds. */
export const schedule = z.strictObject({
  Name: name,
  GroupName: name.optional(),
  ScheduleExpression: z.string().min(1).max(256),
  ScheduleExpressionTimezone: z.string().min(1).max(50).optional(),
  StartDate: z.number().optional(),
  EndDate: z.number().optional(),
  Description: z.string().max(512).optional(),
  State: scheduleState.optional(),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).optional(),
  FlexibleTimeWindow: z.strictObject({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: z.int().min(1).max(1440).optional(),
  }),
  Target: target,
  ClientToken: clientToken,
});
export type ScheduleInput = z.infer<typeof schedule>;
