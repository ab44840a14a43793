/** sluice costs: what the runs of a month have cost, by pipeline. */
import { type Command, InvalidArgumentError } from 'commander';
import { addCosts, showUsd, type PipelineCosts } from '../spec/costs.ts';
import { pipelineArgument } from './options.ts';
import { withSession } from './session.ts';
import { print, tableOf } from './terminal.ts';

interface Options {
  month: string;
  pipeline?: string;
  json?: boolean;
}

const monthArgument = (text: string): string => {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('expected a month such as 2026-11.');
  return text;
};

export const costs = (program: Command) =>
  program
    .command('costs')
    .description('what the runs of a month have cost, as AWS would charge their jobs; endpoints are not in it')
    .option('--month <month>', 'in which the runs began, UTC', monthArgument, new Date().toISOString().slice(0, 7))
    .option('--pipeline <name>', 'of this pipeline only', pipelineArgument)
    .option('--json', 'print them as JSON')
    .action(({ month, pipeline, json }: Options, command: Command) =>
      withSession(command, async ({ api }) => {
        let pipelines: PipelineCosts[] = [];
        let cursor: string | undefined;
        do {
          const page = await api.getCosts({ month, ...(pipeline && { pipeline }), ...(cursor && { cursor }) });
          pipelines = addCosts(pipelines, page.pipelines);
          cursor = page.cursor;
        } while (cursor);
        if (json) return print(JSON.stringify({ month, pipelines }, null, 2));
        if (pipelines.length === 0) return print(`No runs began in ${month}.`);
        const total = addCosts(
          [],
          pipelines.map((it) => ({ ...it, pipeline: 'all' })),
        );
        const rows = [...pipelines, ...(pipelines.length > 1 ? total : [])].map(({ pipeline, runs, usd, unknown }) => [
          pipeline,
          String(runs),
          showUsd(usd),
          unknown.length > 0 ? `and jobs on ${unknown.join(', ')}: no price known` : '',
        ]);
        for (const line of tableOf([month, 'runs', 'jobs', ''], rows)) print(line);
      }),
    );
