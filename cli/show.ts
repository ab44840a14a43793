/** sluice show: one run with its data, metrics and verdict; a run that is under way is followed with --follow. */
import { writeFile } from 'node:fs/promises';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import type { Command } from 'commander';
import { keys } from '../spec/names.ts';
import type { RunView } from './api.ts';
import { printRun } from './report.ts';
import { withSession, type Session } from './session.ts';
import { print, style } from './terminal.ts';
import { UsageError } from './usageError.ts';
import { watchRun } from './watchRun.ts';

interface Options {
  follow?: boolean;
  json?: boolean;
  report?: string;
}

export const show = (program: Command) =>
  program
    .command('show')
    .description('show a run: data, metrics of each candidate, verdict')
    .argument('<run>', 'the run’s id')
    .option('--follow', 'wait for its end, telling each step')
    .option('--report <file>', 'save its report.html under this name, to be opened in a browser')
    .option('--json', 'print everything that is known of it as JSON')
    .action((runId: string, { follow, json, report }: Options, command: Command) =>
      withSession(command, async (session) => {
        // Asked for first, so that a run nobody knows is told at once.
        const known = await session.api.getRun(runId);
        const watched = follow ? await watchRun(session, runId, session.signal) : undefined;
        const view = watched?.view ?? known;
        if (report !== undefined) await saveReport(session, view, report);
        if (json) return print(JSON.stringify(view, null, 2));
        print(
          `${style('bold', view.runId)}  of s3://${view.source.bucket}/${view.source.key}, started ${view.startedAt}`,
        );
        printRun(view, watched?.followed);
      }),
    );

const saveReport = async ({ clients }: Session, { source, runId }: RunView, file: string) => {
  const found = await clients.s3
    .send(new GetObjectCommand({ Bucket: source.bucket, Key: keys.report(runId) }))
    .catch((error: unknown) => {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    });
  if (!found?.Body)
    throw new UsageError(
      `${runId} has no report: it is written when the gate has decided, which this run did not reach.`,
    );
  await writeFile(file, await found.Body.transformToByteArray());
  print(`The report is in ${file}`);
};
