/**
 * Asks a person before a model that passed the gate goes on. `ask` stores the task token under the run and tells it once;
 * `conclude` comes after the answer, or when the time for it is over, and takes what the ledger says: one conditional write on
 * one item decides between an answer and the end of the wait, so that the two never both count.
 */
import * as z from 'zod';
import { tellApproval, type ApprovalState } from '../spec/approval.ts';
import { pipelineOf } from '../spec/names.ts';
import { redrives, runId, type Outcome } from '../spec/run.ts';
import { abandonApproval, publishApproval, wake } from './lib/approval.ts';
import { define } from './lib/define.ts';
import { approvalKey, endApproval, getApproval, openApproval } from './lib/ledger/approval.ts';
import { isOver, updateRun } from './lib/ledger/runs.ts';
import { tellOnce } from './lib/tellOnce.ts';

const question = z.strictObject({
  action: z.literal('ask'),
  runId,
  taskToken: z.string().min(1).max(2048),
  /** When the machine came to wait: a retry does not prolong it. */
  since: z.iso.datetime(),
  seconds: z.int().min(1),
  summary: z.string(),
  modelPackageArn: z.string(),
  attempt: z.string().min(1).max(64),
  redrives,
});

export const handler = define({
  input: z.discriminatedUnion('action', [
    question,
    z.strictObject({ action: z.literal('conclude'), runId, modelPackageArn: z.string(), redrives }),
  ]),
  run: (input): Promise<object> => (input.action === 'ask' ? ask(input) : conclude(input)),
});

const ask = async ({
  runId,
  taskToken,
  since,
  seconds,
  summary,
  modelPackageArn,
  attempt,
  redrives,
}: z.infer<typeof question>) => {
  const expiresAt = new Date(Date.parse(since) + seconds * 1000).toISOString();
  // Before anybody can answer, so that an answer is never overwritten by the wait.
  if (!(await getApproval(runId))) await updateRun(runId, { approval: { state: 'waiting', expiresAt } });
  if (!(await openApproval(runId, { token: taskToken, expiresAt, redrives }))) {
    // Answered between two attempts: the machine waits under a token that nobody else knows.
    await wake({ token: taskToken });
    return { asked: false };
  }
  // Looked at behind the write: runEnded marks the run first and looks for the wait then, so that one of the two sees the other.
  if (await isOver(runId, redrives)) {
    await abandonApproval(runId, redrives);
    return { asked: false };
  }
  await tellOnce({ runId, attempt, key: approvalKey(runId), redrives }, async () => ({
    subject: `Sluice: ${pipelineOf(runId)} awaits approval`,
    body: {
      runId,
      pipeline: pipelineOf(runId),
      awaiting: 'approval',
      summary,
      expiresAt,
      modelPackageArn,
      approve: `sluice approve ${runId}`,
      reject: `sluice reject ${runId}`,
      http: `POST /runs/${runId}/approval { "decision": "approve" or "reject", "reason": "…" }`,
    },
  }));
  return { asked: true };
};

interface Conclusion {
  runId: string;
  modelPackageArn: string;
  redrives: number;
}

const outcomeOf: Readonly<Partial<Record<ApprovalState, Outcome>>> = { rejected: 'REJECTED', expired: 'EXPIRED' };

const conclude = async ({ runId, modelPackageArn, redrives }: Conclusion) => {
  await endApproval(runId, 'expired', new Date().toISOString(), redrives);
  const approval = await getApproval(runId);
  if (!approval) throw new Error(`Nobody was asked to approve ${runId}.`);
  await publishApproval(runId, approval, modelPackageArn);
  return {
    approved: approval.state === 'approved',
    // Without an answer that counts nothing is deployed.
    outcome: outcomeOf[approval.state] ?? 'EXPIRED',
    summary: `${tellApproval(approval)}.`,
  };
};
