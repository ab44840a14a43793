/** Trains in this process and reads back the model, its log and its answers. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { trainer } from '../../../algorithms/linearLearner/trainer.ts';
import { temporaryFolder } from '../../fixtures/temporaryFolder.ts';

export type Row = readonly number[];

export const toCsv = (rows: readonly Row[]): string => rows.map((row) => row.join(',')).join('\n');

const modelGrammar = z.object({
  weights: z.array(z.array(z.number())),
  biases: z.array(z.number()),
  threshold: z.number().optional(),
});
const answerGrammar = z.object({
  predictions: z.array(
    z.object({ score: z.union([z.number(), z.array(z.number())]), predicted_label: z.number().optional() }),
  ),
});

/** Channels hold label-first rows. `stopAfter` asks the job to stop after so many epochs. */
export const trainOn = async (
  hyperparameters: Record<string, string>,
  channels: Record<string, readonly Row[]>,
  stopAfter = Infinity,
) => {
  const root = temporaryFolder();
  const folder = (name: string): string => {
    mkdirSync(join(root, name));
    return join(root, name);
  };
  const folders = Object.fromEntries(
    Object.entries(channels).map(([channel, rows]) => {
      const path = folder(channel);
      writeFileSync(join(path, 'part-0.csv'), toCsv(rows));
      return [channel, path];
    }),
  );
  const model = folder('model');
  const log: string[] = [];
  const epochs = () => log.filter((line) => line.includes(', train ') && line.includes('epoch=')).length;
  await trainer.train({
    hyperparameters,
    channels: folders,
    model,
    log: (line) => void log.push(line),
    stopping: () => epochs() >= stopAfter,
  });
  const predictor = await trainer.load(model);
  const artefact = modelGrammar.parse(JSON.parse(readFileSync(join(model, 'model_algo-1'), 'utf8')));
  /** Answers for rows without labels. */
  const predict = (rows: readonly Row[]) =>
    answerGrammar.parse(JSON.parse(predictor.invoke(toCsv(rows), 'text/csv', 'application/json').body)).predictions;
  /** The value of a metric that the log shows once. */
  const metric = (name: string): number =>
    Number(log.find((line) => line.includes(`, ${name} <`) && !line.includes('epoch='))?.split('>=')[1]);
  return { ...artefact, log, epochs: epochs(), predict, metric, predictor };
};

/** Uniform numbers in [-1, 1), the same for the same seed. */
export const noise = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
};

/** Least squares with an intercept by the normal equations: weights, then the intercept. */
export const leastSquares = (rows: readonly Row[]): number[] => {
  const inputs = rows.map((row) => [...row.slice(1), 1]);
  const size = inputs[0]!.length;
  const system = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => inputs.reduce((sum, input) => sum + input[i]! * input[j]!, 0)),
    inputs.reduce((sum, input, at) => sum + input[i]! * rows[at]![0]!, 0),
  ]);
  for (let pivot = 0; pivot < size; pivot++) {
    for (let other = 0; other < size; other++) {
      if (other === pivot) continue;
      const factor = system[other]![pivot]! / system[pivot]![pivot]!;
      for (let at = pivot; at <= size; at++) system[other]![at]! -= factor * system[pivot]![at]!;
    }
  }
  return system.map((equation, index) => equation[size]! / equation[index]!);
};

export const rootMeanSquare = (predicted: readonly number[], actual: readonly number[]): number =>
  Math.sqrt(predicted.reduce((sum, value, index) => sum + (value - actual[index]!) ** 2, 0) / actual.length);
