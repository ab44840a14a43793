/** A version of a pipeline's registry, as people look at it. */
import * as z from 'zod';
import { runId } from './run.ts';

/** Times are ISO 8601, UTC. */
export const modelVersion = z
  .strictObject({
    version: z.int().min(1),
    status: z.enum(['Approved', 'Rejected', 'PendingManualApproval']),
    modelPackageArn: z.string(),
    /** The run that trained it, and as which of its candidates. */
    runId,
    candidate: z.int().min(0),
    registeredAt: z.string(),
    algorithm: z.string().optional(),
    objective: z.string().optional(),
    /** The objective on the held-out rows. */
    score: z.number().optional(),
    /** SHA-256 of which object versions it learned from. */
    data: z.string().optional(),
    /** When it last became the pipeline's champion; absent when it never was. */
    deployedAt: z.string().optional(),
    /** Who approved of it or rejected it, when and why. */
    decision: z.string().optional(),
  })
  .meta({ id: 'ModelVersion' });
export type ModelVersion = z.infer<typeof modelVersion>;

/** With where it serves: the endpoint's name, or batch; absent when it is not deployed. */
export const modelView = modelVersion
  .extend({
    serves: z.string().optional(),
    role: z.enum(['champion', 'challenger']).optional(),
    /** Its share of the requests, where two models serve. */
    weight: z.number().optional(),
  })
  .meta({ id: 'Model' });
export type ModelView = z.infer<typeof modelView>;
