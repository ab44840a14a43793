/** sluice validate: holds pipeline files to everything that a run would refuse without looking at data. Needs nothing running. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { showUsd } from '../spec/costs.ts';
import { InputError } from '../spec/errors.ts';
import { parsePrices } from '../spec/parsePrices.ts';
import { readableFile } from './dropFile.ts';
import { readPipelineFile } from './localPipeline.ts';
import { print, style } from './terminal.ts';

export const validate = (program: Command) =>
  program
    .command('validate')
    .description(
      'check pipeline files: every setting, hyperparameters, schedule, budget; exit code 1 when one is wrong',
    )
    .argument('<file...>', 'pipeline files')
    .option('--prices <prices.yaml>', 'your own prices of instances, for budgets')
    .action(async (files: string[], { prices }: { prices?: string }) => {
      const own = prices === undefined ? undefined : await pricesIn(prices);
      for (const file of files) {
        try {
          const { pipeline, costCeilingUsd } = await readPipelineFile(file, own);
          const cost = costCeilingUsd === undefined ? '' : `, a run costs at most ${showUsd(costCeilingUsd)}`;
          print(`${style('green', '✔')} ${file}: the pipeline ${pipeline.name}${cost}`);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          print(`${style('red', '✘')} ${error.message}`);
          process.exitCode = 1;
        }
      }
    });

const pricesIn = async (file: string) => {
  await readableFile(file);
  return parsePrices(await readFile(file, 'utf8'), file);
};
