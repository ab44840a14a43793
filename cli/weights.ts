/** sluice weights: how the requests are shared between the deployed model and a challenger beside it, and how they are to be. */
import type { Command } from 'commander';
import { complaintOf, showShare, type Weights } from '../spec/weights.ts';
import { pipelineArgument } from './options.ts';
import { withSession } from './session.ts';
import { print, tableOf } from './terminal.ts';
import { UsageError } from './usageError.ts';

export const weights = (program: Command) =>
  program
    .command('weights')
    .description('show or change how requests are shared between the deployed model and a challenger beside it')
    .argument('<pipeline>', 'the pipeline whose endpoint it is', pipelineArgument)
    .argument('[weights...]', 'champion=0.8 challenger=0.2, which add up to 1; default: they are shown')
    .action(async (pipeline: string, given: string[], _: unknown, command: Command) => {
      const wanted = given.length > 0 ? weightsOf(given) : undefined;
      await withSession(command, async ({ api }) => {
        if (wanted) await api.putWeights(pipeline, wanted);
        const { endpointName, status, variants } = await api.getEndpoint(pipeline);
        print(`${endpointName}  ${status}`);
        const rows = variants.map((it) => [
          it.role ?? '',
          it.weight === undefined ? '' : showShare(it.weight),
          it.variant,
        ]);
        for (const line of tableOf(['model', 'requests', 'run'], rows)) print(`  ${line}`);
      });
    });

const weightsOf = (given: readonly string[]): Weights => {
  const named = new Map(given.map(weightOf));
  const [champion, challenger] = [named.get('champion'), named.get('challenger')];
  if (champion === undefined || challenger === undefined || named.size < given.length)
    throw new UsageError('weights takes both models, each once: champion=0.8 challenger=0.2');
  const complaint = complaintOf({ champion, challenger });
  if (complaint) throw new UsageError(complaint);
  return { champion, challenger };
};

const weightOf = (text: string): [role: string, weight: number] => {
  const [, role = '', weight = ''] = /^(champion|challenger)=(\d*\.?\d+)$/.exec(text) ?? [];
  if (!role) throw new UsageError(`${text} is no weight: expected champion=0.8 or challenger=0.2`);
  return [role, Number(weight)];
};
