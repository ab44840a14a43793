/** sluice approve and sluice reject: answer a run that waits for approval, or settle what a registered version is fit for. */
import type { Command } from 'commander';
import type { ApprovalAnswer } from '../spec/approval.ts';
import { pipelineArgument, versionArgument } from './options.ts';
import { withSession, type Session } from './session.ts';
import { print } from './terminal.ts';
import { watchRun } from './watchRun.ts';

const answering = (decision: ApprovalAnswer['decision'], description: string) => (program: Command) =>
  program
    .command(decision)
    .description(description)
    .argument('<run>', 'the run’s id; or the pipeline, with a version of its registry')
    .argument('[version]', 'a version that sluice models lists', versionArgument)
    .option('--reason <text>', 'why, kept with the run and in the registry')
    .action((runId: string, version: number | undefined, { reason }: { reason?: string }, command: Command) =>
      withSession(command, async (session) => {
        const answer = { decision, ...(reason !== undefined && { reason }) };
        if (version !== undefined) {
          const { status, runId: away } = await session.api.answerModel(pipelineArgument(runId), version, answer);
          print(`Version ${version} of ${runId}: ${status}`);
          // It served beside the deployed model: a run takes it away.
          return away === undefined ? undefined : tellRun(session, away);
        }
        await session.api.answerApproval(runId, answer);
        await tellRun(session, runId);
      }),
    );

const tellRun = async (session: Session, runId: string) => {
  const { view } = await watchRun(session, runId, session.signal);
  print(`${runId}: ${view.outcome}  ${view.summary ?? ''}`);
  if (view.outcome === 'FAILED' || view.outcome === 'STOPPED' || view.outcome === 'TIMED_OUT') process.exitCode = 1;
};

export const approve = answering(
  'approve',
  'let a run that waits for approval go on, and follow it to its end; or let a rejected version be promoted',
);

export const reject = answering(
  'reject',
  'end a run that waits for approval, its model is not deployed; or keep a version from being deployed, and take it away where it serves beside the deployed one',
);
