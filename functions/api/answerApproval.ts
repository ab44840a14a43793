/**
 * POST /runs/{id}/approval: answers a run that waits for approval. Who answers is the caller that the request's signature
 * names. The answer is recorded first; whatever fails after that, the same answer again, or the end of the wait, completes it.
 */
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { approvalAnswer, approvalSchema, tellApproval, type ApprovalState } from '../../spec/approval.ts';
import { isPending, runId } from '../../spec/run.ts';
import { abandonApproval, wake } from '../lib/approval.ts';
import { callerOf } from '../lib/callerOf.ts';
import { sfn } from '../lib/clients.ts';
import { Conflict, defineRoute, Gone } from '../lib/defineRoute.ts';
import {
  answerApproval,
  getApproval,
  shownApproval,
  withdrawAnswer,
  type KeptApproval,
} from '../lib/ledger/approval.ts';
import type { RunRecord } from '../lib/ledger/runs.ts';
import { runExecution } from '../lib/runExecution.ts';
import { runOfPath, runParams } from '../lib/runOfPath.ts';

const states = { approve: 'approved', reject: 'rejected' } as const satisfies Record<string, ApprovalState>;

export const handler = defineRoute(
  {
    method: 'POST',
    path: '/runs/{id}/approval',
    summary: 'Answers a run that waits for approval; who answers is the caller that signed the request',
    params: runParams,
    body: { 'application/json': approvalAnswer },
    answers: { 200: z.strictObject({ runId, approval: approvalSchema }) },
    problems: [404, 409, 410],
  },
  async ({ params, body, event }) => {
    const by = callerOf(event);
    const run = await runOfPath(params);
    const { decision, reason } = body;
    const given = { state: states[decision], by, at: new Date().toISOString(), ...(reason && { reason }) };

    await refuseEnded(run);
    const recorded = await answerApproval(run.runId, given);
    const approval = await getApproval(run.runId);
    if (!approval) throw new Conflict(`The run ${run.runId} does not wait for approval: nobody was asked.`);
    refuseLate(run.runId, approval);
    const awake = await wake(approval);
    if (!recorded && !(awake && approval.by === by && approval.state === given.state))
      throw new Conflict(`The run ${run.runId} has its answer already. ${tellApproval(approval)}.`);
    if (!awake) await refuseOver(run, given);
    return { body: { runId: run.runId, approval: shownApproval(approval) } };
  },
);

const refuseEnded = async ({ runId, outcome }: RunRecord) => {
  if (isPending(outcome)) return;
  const approval = await getApproval(runId);
  if (approval?.state === 'expired') refuseLate(runId, approval);
  throw new Conflict(`The run ${runId} has ended: ${outcome}.${approval ? ` ${tellApproval(approval)}.` : ''}`);
};

/** Called behind the attempt to answer: what still waits then waits no longer than its time. */
const refuseLate = (runId: string, { state, expiresAt, ...rest }: KeptApproval) => {
  if (state === 'waiting' || state === 'expired')
    throw new Gone(`The answer for ${runId} comes too late: the time for it ended at ${expiresAt}.`);
  if (state === 'withdrawn') throw new Conflict(`${tellApproval({ state, expiresAt, ...rest })}: ${runId}.`);
};

/** A wait that has just timed out is concluded by what is recorded; an execution that has ended concludes nothing. */
const refuseOver = async (run: RunRecord, answer: { at: string; by: string }) => {
  const { runId, redrives } = run;
  const { status } = await sfn().send(new DescribeExecutionCommand({ executionArn: runExecution(run) }));
  if (status === 'RUNNING') return;
  await withdrawAnswer(runId, answer);
  await abandonApproval(runId, redrives);
  throw new Conflict(`The run ${runId} has ended meanwhile: ${status}. The answer has moved nothing.`);
};
