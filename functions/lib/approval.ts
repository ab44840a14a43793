/** What an answer, or its absence, changes around the ledger: the waiting machine, the registry, the run's record. */
import { UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { tellApproval, type Approval } from '../../spec/approval.ts';
import { isAws } from './awsErrors.ts';
import { sagemaker, sfn } from './clients.ts';
import { endApproval, getApproval, shownApproval, type KeptApproval } from './ledger/approval.ts';
import { getRun, updateRun } from './ledger/runs.ts';

/** Lets the machine go on; it reads the answer in the ledger. False when no task waits under this token any more. */
export const wake = async ({ token }: Pick<KeptApproval, 'token'>): Promise<boolean> => {
  try {
    await sfn().send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' }));
    return true;
  } catch (error) {
    if (isAws(error, ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])) return false;
    throw error;
  }
};

/** Writes what the ledger says into the registry and the run's record; the same again changes nothing. */
export const publishApproval = async (runId: string, approval: Approval, modelPackageArn: string | undefined) => {
  if (modelPackageArn !== undefined)
    await sagemaker().send(
      new UpdateModelPackageCommand({
        ModelPackageArn: modelPackageArn,
        ModelApprovalStatus: approval.state === 'approved' ? 'Approved' : 'Rejected',
        ApprovalDescription: tellApproval(approval).slice(0, 1024),
      }),
    );
  await updateRun(runId, { approval: shownApproval(approval) });
};

/** Of a run that has ended, in this redrive: no answer moves it any more, and its model does not wait in the registry for ever. */
export const abandonApproval = async (runId: string, redrives = 0) => {
  if (!(await getApproval(runId))) return;
  await endApproval(runId, 'withdrawn', new Date().toISOString(), redrives);
  const approval = await getApproval(runId);
  if (approval && approval.state !== 'waiting')
    await publishApproval(runId, approval, (await getRun(runId))?.modelPackageArn);
};
