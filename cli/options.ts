import { resolve } from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { pipelineName } from '../spec/pipeline.ts';

/** The folder of all local data, from the option that every command takes. */
export const dataDirOf = (command: Command): string => resolve(command.optsWithGlobals<{ dataDir: string }>().dataDir);

export const pipelineArgument = (text: string): string => {
  const parsed = pipelineName.safeParse(text);
  if (!parsed.success)
    throw new InvalidArgumentError('a pipeline name has at most 36 lower-case letters, digits and single hyphens.');
  return parsed.data;
};

export const portArgument = (text: string): number => {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535.');
  return port;
};

export const countArgument = (text: string): number => {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 100)
    throw new InvalidArgumentError('expected a number from 1 to 100.');
  return count;
};

export const versionArgument = (text: string): number => {
  const version = Number(text);
  if (!Number.isInteger(version) || version < 1)
    throw new InvalidArgumentError('a version is a number from 1 on, as sluice models lists it.');
  return version;
};
