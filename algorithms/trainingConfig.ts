/** What SageMaker leaves in `input/config` for a training container, read and held against the algorithm's manifest. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { AlgorithmError, ClientError, type Manifest } from './algorithm.ts';
import { checkHyperparameters, missing } from './hyperparameters.ts';
import { didYouMean } from './nearMiss.ts';

const hyperparametersGrammar = z.record(z.string(), z.string());
const channelGrammar = z.looseObject({
  ContentType: z.string().optional(),
  TrainingInputMode: z.string().optional(),
  RecordWrapperType: z.string().optional(),
});
const channelsGrammar = z.record(z.string(), channelGrammar);

const readConfig = <T>(root: string, name: string, grammar: z.ZodType<T>): T => {
  try {
    return grammar.parse(JSON.parse(readFileSync(join(root, 'input', 'config', name), 'utf8')));
  } catch (cause) {
    throw new AlgorithmError(`input/config/${name} cannot be read: ${String(cause)}`, { cause });
  }
};

/** Names that SageMaker adds for its own use; few algorithms declare them. */
const isReserved = (manifest: Manifest, given: string): boolean =>
  given.startsWith('_tuning_') && !manifest.hyperparameters.some(({ name }) => name === given);

const refuseUnimplemented = (manifest: Manifest, values: Readonly<Record<string, string>>): void => {
  for (const { name, local, default: usual } of manifest.hyperparameters) {
    const value = values[name];
    if (local || value === undefined || value === String(usual)) continue;
    const remedy = usual === undefined || usual === null ? 'leave it out' : `leave it out or at "${String(usual)}"`;
    throw new ClientError(
      `Hyperparameter ${name} ("${value}") of ${manifest.name} is accepted by SageMaker but not implemented by the local ` +
        `trainer; ${remedy}, or train on AWS.`,
    );
  }
};

/** The job's hyperparameters; ClientError naming every unknown, unfit, missing or (locally) unimplemented one. */
export const readHyperparameters = (root: string, manifest: Manifest): Record<string, string> => {
  const all = Object.entries(readConfig(root, 'hyperparameters.json', hyperparametersGrammar));
  const given = Object.fromEntries(all.filter(([name]) => !isReserved(manifest, name)));
  if (Object.hasOwn(given, 'sagemaker_program')) {
    throw new ClientError(
      `Script mode (sagemaker_program) is accepted by SageMaker but not implemented by the local trainer of ${manifest.name}.`,
    );
  }
  const { values, problems } = checkHyperparameters(manifest, given);
  const everything = problems.concat(missing(manifest, given));
  if (everything.length > 0) throw new ClientError(everything.map(({ message }) => message).join(' '));
  refuseUnimplemented(manifest, values);
  return values;
};

const checkContentType = (manifest: Manifest, channel: string, given: string | undefined): void => {
  const known = manifest.channels.find(({ name }) => name === channel)?.contentTypes ?? [];
  const [type = '', ...parameters] = (given ?? '').split(';').map((part) => part.trim().toLowerCase());
  const labelSize = parameters.find((parameter) => parameter.startsWith('label_size='));
  if (type === 'text/csv' || type === 'csv') {
    if (labelSize === undefined || labelSize === 'label_size=1') return;
    throw new ClientError(`Channel ${channel} has content type "${given}"; expected label_size=1, the label first.`);
  }
  if (type === '') {
    throw new ClientError(
      `Channel ${channel} of ${manifest.name} has no content type; expected ContentType "text/csv".`,
    );
  }
  if (known.includes(type)) {
    throw new ClientError(
      `Channel ${channel}: content type "${given}" is accepted by SageMaker but not implemented by the local trainer of ` +
        `${manifest.name}; expected "text/csv".`,
    );
  }
  throw new ClientError(`Channel ${channel} has content type "${given}"; ${manifest.name} takes ${known.join(', ')}.`);
};

/** Folder by channel name; ClientError for an unknown or missing channel, content type or input mode. */
export const readChannels = (root: string, manifest: Manifest): Record<string, string> => {
  const given = readConfig(root, 'inputdataconfig.json', channelsGrammar);
  const known = manifest.channels.map(({ name }) => name);
  for (const { name, required } of manifest.channels) {
    if (required && !Object.hasOwn(given, name)) {
      throw new ClientError(
        `Channel ${name} of ${manifest.name} is required; given: ${Object.keys(given).join(', ')}.`,
      );
    }
  }
  const folders: Record<string, string> = {};
  for (const [channel, { ContentType, TrainingInputMode = 'File', RecordWrapperType = 'None' }] of Object.entries(
    given,
  )) {
    if (!known.includes(channel)) {
      throw new ClientError(`${manifest.name} has no channel "${channel}".${didYouMean(channel, known)}`);
    }
    checkContentType(manifest, channel, ContentType);
    if (TrainingInputMode === 'Pipe' || RecordWrapperType !== 'None') {
      const what = TrainingInputMode === 'Pipe' ? 'input mode Pipe' : `record wrapper ${RecordWrapperType}`;
      throw new ClientError(
        `Channel ${channel}: ${what} is accepted by SageMaker but not implemented by the local trainer; ` +
          'expected File or FastFile without a record wrapper.',
      );
    }
    const folder = join(root, 'input', 'data', channel);
    if (!existsSync(folder))
      throw new ClientError(`Channel ${channel} has no data: input/data/${channel} does not exist.`);
    folders[channel] = folder;
  }
  return folders;
};
