/** sluice show: one run with its data, metrics and verdict; a run that is under way is followed with --follow. */
import type { Command } from 'commander';
import { printRun } from './report.ts';
import { withSession } from './session.ts';
import { print, style } from './terminal.ts';
import { watchRun } from './watchRun.ts';

export const show = (program: Command) =>
  program
    .command('show')
    .description('show a run: data, metrics of each candidate, verdict')
    .argument('<run>', 'the run’s id')
    .option('--follow', 'wait for its end, telling each step')
    .option('--json', 'print everything that is known of it as JSON')
    .action((runId: string, { follow, json }: { follow?: boolean; json?: boolean }, command: Command) =>
      withSession(command, async (session) => {
        // Asked for first, so that a run nobody knows is told at once.
        const known = await session.api.getRun(runId);
        const watched = follow ? await watchRun(session, runId, session.signal) : undefined;
        const view = watched?.view ?? known;
        if (json) return print(JSON.stringify(view, null, 2));
        print(
          `${style('bold', view.runId)}  of s3://${view.source.bucket}/${view.source.key}, started ${view.startedAt}`,
        );
        printRun(view, watched?.followed);
      }),
    );
