/** A person's word before a model that passed the gate goes on: what a pipeline may ask, what may be answered, what is kept. */
import * as z from 'zod';
import { durationSeconds } from './duration.ts';

/** With `manual`, a week. */
const usualSeconds = 7 * 86_400;

export const approvalSetting = z.union(
  [z.enum(['none', 'manual']), z.strictObject({ expires: durationSeconds({ min: 60, max: 30 * 86_400 }) })],
  { error: 'none, manual or { expires: 7d }, from 1 minute to 30 days' },
);

/** How long there is to answer, in seconds; 0: nobody is asked. */
export const approvalSeconds = (setting: z.infer<typeof approvalSetting>): number => {
  if (typeof setting === 'object') return setting.expires;
  return setting === 'manual' ? usualSeconds : 0;
};

/** The body of an answer: who answers is never taken from it. */
export const approvalAnswer = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  /** Fits, with who and when, into ApprovalDescription of the registry, which has one line. */
  reason: z
    .string()
    .trim()
    .max(500)
    .regex(/^\P{Cc}*$/u, 'one line of text')
    .optional(),
});
export type ApprovalAnswer = z.infer<typeof approvalAnswer>;

/** How the approval of a run stands, as it is shown. Times are ISO 8601, UTC. */
export const approvalSchema = z
  .strictObject({
    /** `withdrawn`: the run ended, by itself or stopped, before an answer could move it. */
    state: z.enum(['waiting', 'approved', 'rejected', 'expired', 'withdrawn']),
    expiresAt: z.string(),
    /** ARN of who answered. */
    by: z.string().optional(),
    at: z.string().optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'Approval' });
export type Approval = z.infer<typeof approvalSchema>;
export type ApprovalState = Approval['state'];

const because = (reason: string | undefined) => (reason ? `: ${reason}` : '');

const words: Readonly<Record<ApprovalState, (approval: Approval) => string>> = {
  waiting: ({ expiresAt }) => `Waiting for approval until ${expiresAt}`,
  approved: ({ by, at, reason }) => `Approved by ${by} at ${at}${because(reason)}`,
  rejected: ({ by, at, reason }) => `Rejected by ${by} at ${at}${because(reason)}`,
  expired: ({ expiresAt }) => `Not approved: nobody answered until ${expiresAt}`,
  withdrawn: ({ at }) => `Not approved: the run ended at ${at} while it waited`,
};

/** One line for people: who, when and why. */
export const tellApproval = (approval: Approval): string => words[approval.state](approval);
