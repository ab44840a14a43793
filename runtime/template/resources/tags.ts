import * as z from 'zod';

/** CloudFormation's list of tags. */
export const tags = z.array(z.strictObject({ Key: z.string(), Value: z.string() })).optional();
