/** sluice contract: what later drops have to be, told from a run's data, to be pinned in its pipeline file. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { isMap, isSeq, parseDocument } from 'yaml';
import { contractFrom } from '../data/contract.ts';
import { profileSchema } from '../data/profile/schema.ts';
import type { Contract } from '../spec/contract.ts';
import { keys, pipelineOf } from '../spec/names.ts';
import { parsePipeline } from '../spec/parsePipeline.ts';
import { readText, readableFile } from './dropFile.ts';
import { withSession, type Session } from './session.ts';
import { print } from './terminal.ts';
import { UsageError } from './usageError.ts';

interface Options {
  file?: string;
}

export const contract = (program: Command) =>
  program
    .command('contract')
    .description('print a contract that the data of a run keeps: columns, types, missing values, bounds, levels')
    .argument('<run>', 'the run’s id')
    .option('--file <pipeline.yaml>', 'write it into this pipeline file as data.contract, all else stays')
    .action((runId: string, { file }: Options, command: Command) =>
      withSession(command, async (session) => {
        const pipeline = pipelineOf(runId);
        if (file !== undefined) await readableFile(file);
        const text = file === undefined ? `name: ${pipeline}\n` : await readFile(file, 'utf8');
        const pinned = await contractOf(session, runId);
        const written = withContract(text, pinned, { pipeline, file: file ?? 'the contract' });
        if (file === undefined) return print(written.slice(text.length).trimEnd());
        await writeFile(file, written);
        print(
          `Wrote data.contract with ${pinned.columns.length} columns into ${file}: upload it as ${keys.pipeline(pipeline)}`,
        );
      }),
    );

const contractOf = async ({ api, clients, bucket }: Session, runId: string): Promise<Contract> => {
  // A run nobody knows is told as such.
  await api.getRun(runId);
  const text = await readText(clients, bucket, keys.profile(runId));
  if (text === undefined)
    throw new UsageError(
      `${runId} has no profile: it is written when the data is prepared, which this run did not reach.`,
    );
  return contractFrom(profileSchema.parse(JSON.parse(text)));
};

/**
 * The text of a pipeline file with this contract, comments and all else as they were. Throws UsageError for another pipeline's
 * file, InputError for what is no pipeline file, or none any more because it became too large.
 */
export const withContract = (
  text: string,
  pinned: Contract,
  { pipeline, file }: { pipeline: string; file: string },
): string => {
  const { name } = parsePipeline(text, file);
  if (name !== pipeline)
    throw new UsageError(
      `${file} is the pipeline ${name}, but the run is of ${pipeline}: name the file of ${pipeline}.`,
    );
  const document = parseDocument(text);
  document.setIn(['data', 'contract'], document.createNode(pinned));
  const columns = document.getIn(['data', 'contract', 'columns']);
  // A column is a line.
  if (isSeq(columns)) for (const column of columns.items) if (isMap(column)) column.flow = true;
  const written = document.toString({ lineWidth: 0 });
  parsePipeline(written, file);
  return written;
};
