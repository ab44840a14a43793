/** sluice runs: the newest runs, one a line. */
import type { Command } from 'commander';
import { countArgument } from './options.ts';
import { withSession } from './session.ts';
import { print, tableOf } from './terminal.ts';

export const runs = (program: Command) =>
  program
    .command('runs')
    .description('list the newest runs')
    .option('--limit <count>', 'how many, 1 to 100', countArgument, 20)
    .option('--json', 'print them as JSON')
    .action(({ limit, json }: { limit: number; json?: boolean }, command: Command) =>
      withSession(command, async ({ api }) => {
        const page = await api.listRuns(limit);
        if (json) return print(JSON.stringify(page.runs, null, 2));
        if (page.runs.length === 0) return print('No runs yet: sluice train <file.csv> starts one.');
        const rows = page.runs.map(({ runId, kind = 'train', outcome, approval, startedAt, source, summary = '' }) => [
          runId,
          kind,
          outcome === 'RUNNING' && approval?.state === 'waiting' ? 'AWAITS APPROVAL' : outcome,
          `${startedAt.slice(0, 19)}Z`,
          source.key,
          summary.split('\n')[0]?.slice(0, 80) ?? '',
        ]);
        for (const line of tableOf(['run', 'kind', 'outcome', 'started', 'file', 'summary'], rows)) print(line);
      }),
    );
