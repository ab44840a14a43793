import * as z from 'zod';

export const roleName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w+=,.@-]+$/);
export const policyName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\w+=,.@-]+$/);
/** JSON text; IAM's own limit in characters. */
export const policyText = z.string().min(1).max(131_072);
export const policyArn = z.string().min(20).max(2048);
export const paging = {
  Marker: z.string().min(1).max(320).optional(),
  MaxItems: z.number().int().min(1).max(1000).default(100),
};
