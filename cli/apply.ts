/** sluice apply: makes pipeline files the pipelines' newest versions. */
import type { Command } from 'commander';
import { changesOf, tellChange } from '../spec/pipelineDiff.ts';
import type { Api } from './api.ts';
import { readPipelineFile, type LocalPipeline } from './localPipeline.ts';
import { withSession } from './session.ts';
import { standingEndpoint } from './standingEndpoint.ts';
import { print, style } from './terminal.ts';

export const apply = (program: Command) =>
  program
    .command('apply')
    .description('check pipeline files and put them into the bucket, telling what changes')
    .argument('<file...>', 'pipeline files; the name that each says is where it goes')
    .action(async (files: string[], _options: object, command: Command) => {
      // All are looked at before any is put.
      const pipelines: LocalPipeline[] = [];
      for (const file of files) pipelines.push(await readPipelineFile(file));
      await withSession(command, async ({ api }) => {
        for (const pipeline of pipelines) await put(api, pipeline);
      });
    });

const put = async (api: Api, local: LocalPipeline) => {
  await change(api, local);
  const standing = await standingEndpoint(api, local.pipeline);
  if (standing) print(`  ${standing}`);
};

const change = async (api: Api, { pipeline, text }: LocalPipeline) => {
  const { name } = pipeline;
  const before = await api.getPipeline(name);
  const { changed, versionId } = await api.putPipeline(name, text);
  if (!changed) return print(`${style('bold', name)}  is as it was`);
  print(`${style('bold', name)}  ${before ? 'changed' : 'new'}${versionId ? `, version ${versionId}` : ''}`);
  if (!before) return;
  if (!before.pipeline) return print('  what was there before was not valid');
  const changes = changesOf(before.pipeline, pipeline);
  if (changes.length === 0) print('  no setting is different');
  for (const change of changes) print(`  ${tellChange(change)}`);
};
