/** sluice score: scores the rows of a file with the deployed model of a pipeline, waits and brings the predictions. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Command } from 'commander';
import { keys } from '../spec/names.ts';
import { sizeOf, upload } from './dropFile.ts';
import { pipelineArgument } from './options.ts';
import { withSession, type Session } from './session.ts';
import { print, style, tell } from './terminal.ts';
import { watchRun } from './watchRun.ts';

interface Options {
  output?: string;
}

export const score = (program: Command) =>
  program
    .command('score')
    .description('predict every row of a file with the deployed model of a pipeline, in the order of the file')
    .argument('<pipeline>', 'the pipeline whose model scores', pipelineArgument)
    .argument('<file>', 'CSV, JSON lines or Parquet, gzip too, with the columns of the training file but the target')
    .option('--output <file>', 'save the predictions as CSV under this name (default: leave them in the bucket)')
    .action(async (pipeline: string, file: string, { output }: Options, command: Command) => {
      await sizeOf(file);
      await withSession(command, (session) => scoreFile(session, pipeline, file, output));
    });

const scoreFile = async (session: Session, pipeline: string, file: string, output: string | undefined) => {
  const { api, clients, bucket, signal } = session;
  const { key, versionId } = await upload(clients, bucket, `score/${pipeline}`, file);
  // The drop starts the same run; asked for here, it says at once what is wrong.
  const { runId } = await api.startBatch(pipeline, { key, versionId });
  tell(`Uploaded s3://${bucket}/${key}`);
  tell(`Run ${style('bold', runId)}`);
  const { view } = await watchRun(session, runId, signal);
  const scored = view.outcome === 'SCORED';
  print(`${style(scored ? 'green' : 'red', view.outcome)}  ${view.summary ?? ''}`);
  if (!scored) process.exitCode = 1;
  else if (output !== undefined) await save(session, keys.predictions(runId), output);
};

/** The file is whole or as it was before. */
const save = async ({ clients, bucket }: Session, key: string, output: string) => {
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const part = `${output}.part`;
  try {
    await piped(Body as Readable, createWriteStream(part));
    await rename(part, output);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  print(`The predictions are in ${output}`);
};
