/** sluice models: the versions of a pipeline's registry, newest first. */
import type { Command } from 'commander';
import type { ModelView } from '../spec/modelVersion.ts';
import { showShare } from '../spec/weights.ts';
import { countArgument, pipelineArgument } from './options.ts';
import { withSession } from './session.ts';
import { print, shortNumber, tableOf } from './terminal.ts';

export const models = (program: Command) =>
  program
    .command('models')
    .description('list the registered models of a pipeline and where they are deployed')
    .argument('<pipeline>', 'the pipeline whose models they are', pipelineArgument)
    .option('--limit <count>', 'how many, 1 to 100', countArgument, 20)
    .option('--json', 'print them as JSON')
    .action((pipeline: string, { limit, json }: { limit: number; json?: boolean }, command: Command) =>
      withSession(command, async ({ api }) => {
        const page = await api.listModels(pipeline, limit);
        if (json) return print(JSON.stringify(page.models, null, 2));
        if (page.models.length === 0)
          return print(`${pipeline} has no registered model: none has passed its gate yet.`);
        const rows = page.models.map((it) => [
          it.version,
          it.status,
          it.objective && it.score !== undefined ? `${it.objective} ${shortNumber(it.score)}` : '',
          it.algorithm ?? '',
          it.runId,
          it.data?.slice(0, 12) ?? '',
          servedAs(it) ?? (it.deployedAt ? `until replaced, from ${it.deployedAt.slice(0, 19)}Z` : ''),
        ]);
        const head = ['version', 'status', 'objective', 'algorithm', 'run', 'data', 'deployed'];
        for (const line of tableOf(head, rows)) print(line);
      }),
    );

/** `sluice-dev-houses (challenger, 20 %)` where two models serve, else the place alone. */
const servedAs = ({ serves, role, weight }: ModelView): string | undefined =>
  serves !== undefined && weight !== undefined ? `${serves} (${role}, ${showShare(weight)})` : serves;
