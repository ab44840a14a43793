/** sluice promote and sluice rollback: deploy a registered model without training, and follow it to its end. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { exitCodes } from './exitCodes.ts';
import { pipelineArgument, versionArgument } from './options.ts';
import { withSession } from './session.ts';
import { print, tell } from './terminal.ts';
import { watchRun } from './watchRun.ts';

const deploying =
  (action: 'promote' | 'rollback', description: string, version: [name: string, description: string]) =>
  (program: Command) =>
    program
      .command(action)
      .description(description)
      .argument('<pipeline>', 'the pipeline whose deployed model changes', pipelineArgument)
      .argument(...version, versionArgument)
      .action((pipeline: string, wanted: number | undefined, _: unknown, command: Command) =>
        withSession(command, async (session) => {
          const body = { action, ...(wanted !== undefined && { version: wanted }) };
          const begun = await session.api.deployModel(pipeline, body, randomUUID());
          tell(`Deploying version ${begun.version} of ${pipeline} in the run ${begun.runId}`);
          const { view } = await watchRun(session, begun.runId, session.signal);
          print(`${begun.runId}: ${view.outcome}  ${view.summary ?? ''}`);
          process.exitCode = exitCodes[view.outcome] ?? 0;
        }),
      );

export const promote = deploying('promote', 'deploy a registered model without training', [
  '<version>',
  'a version that sluice models lists',
]);

export const rollback = deploying('rollback', 'deploy the model again that served before', [
  '[version]',
  'default: the one before the present that has served',
]);
