/** sluice stop: ends a run; its jobs are stopped and what was dropped stays. */
import type { Command } from 'commander';
import { withSession } from './session.ts';
import { print } from './terminal.ts';
import { watchRun } from './watchRun.ts';

export const stop = (program: Command) =>
  program
    .command('stop')
    .description('stop a run and the jobs it has started')
    .argument('<run>', 'the run’s id')
    .action((runId: string, _: unknown, command: Command) =>
      withSession(command, async (session) => {
        await session.api.stopRun(runId);
        const { view } = await watchRun(session, runId, session.signal);
        print(`${runId}: ${view.outcome}`);
      }),
    );
