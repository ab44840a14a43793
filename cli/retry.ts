/** sluice retry: runs again what failed, was stopped or came second, on the same versions of the same files. */
import type { Command } from 'commander';
import { exitCodes } from './exitCodes.ts';
import { printRun } from './report.ts';
import { withSession } from './session.ts';
import { style, tell } from './terminal.ts';
import { watchRun } from './watchRun.ts';

export const retry = (program: Command) =>
  program
    .command('retry')
    .description('run again what did not end well, as a run of its own')
    .argument('<run>', 'the run’s id')
    .action((id: string, _: unknown, command: Command) =>
      withSession(command, async (session) => {
        const { runId } = await session.api.retryRun(id);
        tell(`Run ${style('bold', runId)}`);
        const { view, followed } = await watchRun(session, runId, session.signal);
        printRun(view, followed);
        process.exitCode = exitCodes[view.outcome] ?? 0;
      }),
    );
