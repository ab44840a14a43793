/** sluice diff: a pipeline file beside the version in the bucket, setting by setting. */
import type { Command } from 'commander';
import { changesOf, tellChange } from '../spec/pipelineDiff.ts';
import { readPipelineFile } from './localPipeline.ts';
import { withSession } from './session.ts';
import { standingEndpoint } from './standingEndpoint.ts';
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
        const isSame = lines.length === 0;
        const from = deployed?.versionId ? `  from version ${deployed.versionId}` : '';
        print(`${style('bold', name)}${isSame ? '  no setting is different' : from}`);
        for (const line of lines) print(`  ${line}`);
        const standing = await standingEndpoint(api, pipeline);
        if (standing) print(`  ${standing}`);
        if (exitCode && !isSame) process.exitCode = 1;
      });
    });
