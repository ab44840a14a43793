import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AlgorithmError } from './algorithm.ts';
import { failureText, unforeseenStack } from './failure.ts';
import { algorithms } from './index.ts';
import { trainers } from './trainers.ts';
import { readChannels, readHyperparameters } from './trainingConfig.ts';

/** `output/failure` holds at least what DescribeTrainingJob shows: the first 1024 characters. */
const failureLength = 1024;

const run = async (root: string, algorithm: string, stopping: () => boolean): Promise<void> => {
  const manifest = algorithms[algorithm];
  const trainer = trainers[algorithm];
  if (!manifest || !trainer) {
    throw new AlgorithmError(`No local trainer for "${algorithm}". Known: ${Object.keys(trainers).join(', ')}.`);
  }
  const hyperparameters = readHyperparameters(root, manifest);
  const channels = readChannels(root, manifest);
  const model = join(root, 'model');
  mkdirSync(model, { recursive: true });
  mkdirSync(join(root, 'output', 'data'), { recursive: true });
  const log = (line: string): void => void process.stdout.write(`${line}\n`);
  await trainer.train({ hyperparameters, channels, model, log, stopping });
};

/** Plays `docker run <image> train`: answers the exit code, after `output/failure` was written for one that is not 0. */
export const train = async (root: string, algorithm: string, stopping: () => boolean): Promise<number> => {
  try {
    await run(root, algorithm, stopping);
    return 0;
  } catch (error) {
    const text = failureText(error);
    mkdirSync(join(root, 'output'), { recursive: true });
    writeFileSync(join(root, 'output', 'failure'), text.slice(0, failureLength));
    process.stderr.write(`${text}\n${unforeseenStack(error)}`);
    return 1;
  }
};
