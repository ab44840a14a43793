/** sluice diff: a pipeline file beside the version in the bucket, setting by setting. */
import type { Command } from 'commander';
import { changesOf, tellChange } from '../spec/pipelineDiff.ts';
import { readPipelineFile } from './localPipeline.ts';
import { withSession } from './session.ts';
import { print, style } from './terminal.ts';

export const diff = (program: Command) =>
  program
    .command('diff')
    .description('compare a pipeline file with the one in the bucket, setting by setting, with every default filled in')
    .argument('<file>', 'a pipeline file')
    .option('--exit-code', 'exit with 1 when they differ')
    .action(async (file: string, { exitCode }: { exitCode?: boolean }, command: Command) => {
      const { pipeline } = await readPipelineFile(file);
      const { name } = pipeline;
      await withSession(command, async ({ api }) => {
        const deployed = await api.getPipeline(name);
        const lines = deployed?.pipeline
          ? changesOf(deployed.pipeline, pipeline).map(tellChange)
          : [
              deployed
                ? `what is in the bucket is not valid: ${deployed.problem}`
                : `the pipeline has no file in the bucket`,
            ];
        if (lines.length === 0) return print(`${style('bold', name)}  no setting is different`);
        print(`${style('bold', name)}${deployed?.versionId ? `  from version ${deployed.versionId}` : ''}`);
        for (const line of lines) print(`  ${line}`);
        if (exitCode) process.exitCode = 1;
      });
    });
