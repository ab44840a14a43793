/** sluice approve and sluice reject: answer a run that waits for approval. */
import type { Command } from 'commander';
import type { ApprovalAnswer } from '../spec/approval.ts';
import { withSession } from './session.ts';
import { print } from './terminal.ts';
import { watchRun } from './watchRun.ts';

const answering = (decision: ApprovalAnswer['decision'], description: string) => (program: Command) =>
  program
    .command(decision)
    .description(description)
    .argument('<run>', 'the run’s id')
    .option('--reason <text>', 'why, kept with the run and in the registry')
    .action((runId: string, { reason }: { reason?: string }, command: Command) =>
      withSession(command, async (session) => {
        await session.api.answerApproval(runId, { decision, ...(reason !== undefined && { reason }) });
        const { view } = await watchRun(session, runId, session.signal);
        print(`${runId}: ${view.outcome}  ${view.summary ?? ''}`);
        if (view.outcome === 'FAILED' || view.outcome === 'STOPPED' || view.outcome === 'TIMED_OUT')
          process.exitCode = 1;
      }),
    );

export const approve = answering('approve', 'let a run that waits for approval go on, and follow it to its end');

export const reject = answering('reject', 'end a run that waits for approval: its model is not deployed');
