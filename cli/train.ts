/** sluice train: drops a file and follows its run to the end. */
import { basename, extname } from 'node:path';
import type { Command } from 'commander';
import { dropFile, sizeOf } from './dropFile.ts';
import { exitCodes } from './exitCodes.ts';
import { pipelineArgument } from './options.ts';
import { ensurePipelineFile } from './pipelineFile.ts';
import { printRun, shownPrediction } from './report.ts';
import { sampleRows } from './sampleRows.ts';
import { withSession, type Session } from './session.ts';
import { print, style, tell } from './terminal.ts';
import { watchRun } from './watchRun.ts';

interface TrainOptions {
  target?: string;
  pipeline?: string;
  deploy: boolean;
}

export const train = (program: Command) =>
  program
    .command('train')
    .description('drop a CSV file, train, evaluate, gate and deploy a model of it')
    .argument('<file>', 'a CSV file, with or without a header')
    .option('--target <column>', 'the column to predict (default: target, label, class or y, else the last)')
    .option('--pipeline <name>', 'the pipeline to run (default: from the file’s name)', pipelineArgument)
    .option('--no-deploy', 'register the model only; applies when the pipeline has no file yet')
    .action(async (file: string, options: TrainOptions, command: Command) => {
      await sizeOf(file);
      await withSession(command, (session) => trainFile(session, file, options));
    });

const trainFile = async (
  session: Session,
  file: string,
  { target, pipeline = pipelineOf(file), deploy }: TrainOptions,
) => {
  const { api, clients, bucket } = session;
  await ensurePipelineFile(clients, bucket, { pipeline, deploy, ...(target !== undefined && { target }) });
  const { key, runId } = await dropFile(clients, bucket, pipeline, file);
  tell(`Dropped s3://${bucket}/${key}`);
  tell(`Run ${style('bold', runId)}`);
  const { view, followed } = await watchRun(session, runId, session.signal);
  printRun(view, followed);
  if (view.outcome === 'DEPLOYED' && view.endpointName && view.prepared) {
    const [row] = await sampleRows(file, view.prepared.target, 1);
    if (row) {
      const { predictions } = await api.predictRows(pipeline, [row.features]);
      const [prediction] = predictions;
      print(
        `  predicted ${prediction ? shownPrediction(prediction) : ''} for the file's first row, which says ${row.actual}`,
      );
    }
  }
  process.exitCode = exitCodes[view.outcome] ?? 0;
};

/** A file's name as a pipeline's: lower case, everything else to hyphens. */
const pipelineOf = (file: string): string => {
  const name = basename(file, extname(file))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 36)
    .replaceAll(/^-+|-+$/g, '');
  return name || 'pipeline';
};
