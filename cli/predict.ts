/** sluice predict: raw rows of a file, or of stdin, through the deployed model. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { pipelineArgument } from './options.ts';
import { shownPrediction } from './report.ts';
import { withSession, type Session } from './session.ts';
import { print } from './terminal.ts';
import { UsageError } from './usageError.ts';

export const predict = (program: Command) =>
  program
    .command('predict')
    .description('predict raw rows with the deployed model of a pipeline')
    .argument('<pipeline>', 'the pipeline whose model predicts', pipelineArgument)
    .argument('[file]', 'CSV rows, or JSON ({"rows": [...]}, a list of rows or one row); - or nothing reads stdin', '-')
    .option('--json', 'print the whole answer as JSON')
    .action(async (pipeline: string, file: string, { json }: { json?: boolean }, command: Command) => {
      const input = file === '-' ? await text(process.stdin) : await readInput(file);
      await withSession(command, async ({ api }) => {
        const answer = await ask(api, pipeline, input);
        if (json) return print(JSON.stringify(answer, null, 2));
        for (const prediction of answer.predictions) print(shownPrediction(prediction));
      });
    });

const readInput = async (file: string) => {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
};

type Row = Record<string, unknown>;

const ask = (api: Session['api'], pipeline: string, input: string) => {
  const start = input.trimStart()[0];
  if (start !== '{' && start !== '[') return api.predictCsv(pipeline, input);
  const parsed = parse(input);
  const rows = Array.isArray(parsed) ? parsed : 'rows' in parsed ? (parsed['rows'] as Row[]) : [parsed];
  return api.predictRows(pipeline, rows);
};

const parse = (input: string): Row | Row[] => {
  try {
    return JSON.parse(input) as Row | Row[];
  } catch (cause) {
    throw new UsageError(`The rows are not JSON: ${(cause as Error).message}`, { cause });
  }
};
