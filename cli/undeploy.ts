/** sluice undeploy: deletes the endpoint of a pipeline; its models stay in the registry. */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { pipelineArgument } from './options.ts';
import { withSession } from './session.ts';
import { print } from './terminal.ts';
import { UsageError } from './usageError.ts';

export const undeploy = (program: Command) =>
  program
    .command('undeploy')
    .description('delete the endpoint of a pipeline, its configurations and its alarms; the models stay registered')
    .argument('<pipeline>', 'the pipeline whose endpoint is deleted', pipelineArgument)
    .option('--yes', 'do not ask')
    .action(async (pipeline: string, { yes }: { yes?: boolean }, command: Command) => {
      if (!yes && !(await isMeant(pipeline))) return print('Nothing was deleted.');
      await withSession(command, async ({ api }) => {
        const { endpointName } = await api.undeploy(pipeline);
        print(`Deleted the endpoint ${endpointName}. sluice promote ${pipeline} <version> deploys one again.`);
      });
    });

const isMeant = async (pipeline: string): Promise<boolean> => {
  if (!process.stdin.isTTY) throw new UsageError('undeploy asks before it deletes: say --yes where nobody can answer.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Delete the endpoint of ${pipeline}? Predictions end. [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
};
