/** Answers to evaluate: generated ones, and scores made of the data sets beside the project as recordEvaluation.py makes them. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from '@jest/globals';
import * as z from 'zod';
import { randomWords, wordShare } from '../../../data/evaluation/random.ts';
import type { Answers } from '../../../data/metrics.ts';

const table = z.array(z.array(z.number()));

/** What scikit-learn and scipy computed. */
export const recorded = z
  .object({
    scikitLearn: z.string(),
    dataSets: z.record(z.string(), z.record(z.string(), z.number())),
    deLong: z.object({
      labels: z.array(z.number()),
      scores: table,
      aucs: z.array(z.number()),
      covariance: table,
      p: z.number(),
    }),
    normalCdf: table,
    tCdf: table,
    kolmogorovTail: table,
  })
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/evaluation.json', import.meta.url), 'utf8')));

/** Uniform fractions from a seed. */
export const fractions = (seed: number) => {
  const words = randomWords(seed);
  return () => words() * wordShare;
};

/** A standard normal number (Box & Muller). */
export const normal = (random: () => number) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Calibrated probabilities with labels drawn from them; `steps` makes ties. */
export const binaryAnswers = (
  rows: number,
  seed: number,
  { rate = 0.5, steps }: { rate?: number; steps?: number } = {},
): Answers => {
  const random = fractions(seed);
  const scores = new Float64Array(rows);
  const labels = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const score = Math.min(1, random() ** 2 * 2 * rate);
    labels[row] = Number(random() < score);
    scores[row] = steps === undefined ? score : Math.round(score * steps) / steps;
  }
  return { problem: 'binary', labels, scores };
};

export const regressionAnswers = (rows: number, seed: number, noise = 1): Answers => {
  const random = fractions(seed);
  const labels = Float64Array.from({ length: rows }, () => 5 + 2 * normal(random));
  return { problem: 'regression', labels, scores: labels.map((label) => label + noise * normal(random)) };
};

export const multiclassAnswers = (rows: number, classes: number, seed: number): Answers => {
  const random = fractions(seed);
  const labels = new Float64Array(rows);
  const scores = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const raw = Array.from({ length: classes }, () => random() ** 3);
    const total = raw.reduce((sum, it) => sum + it, 0);
    let left = random() * total;
    labels[row] = raw.findIndex((it) => (left -= it) < 0);
    for (const [index, it] of raw.entries()) scores[row * classes + index] = it / total;
  }
  return { problem: 'multiclass', labels, scores };
};

const folder = resolve(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data');

/** Skipped, with the reason in its name, where the data sets are not beside the project. */
export const testShared = (name: string, run: () => void) =>
  existsSync(folder) ? test(name, run) : test.skip(`${name} (skipped: ../shared/data is not here)`, run);

const rowsOf = (name: string): string[][] =>
  readFileSync(resolve(folder, name), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((cell) => cell.trim().replaceAll('"', '')));

const adultScores = (row: readonly string[]) => {
  const [age = 0, education = 0, gain = 0, hours = 0] = [0, 4, 10, 12].map((at) => Number(row[at]));
  const z = 0.04 * (age - 38) + 0.3 * (education - 11) + 0.02 * (hours - 40) + gain / 5000 - 0.5;
  return { age, education, hours, score: 0.5 + 0.5 * (z / (1 + Math.abs(z))) };
};

const adultIncome = (spelled: (score: number) => number, threshold: number): Answers => {
  const rows = rowsOf('adult.data');
  return {
    problem: 'binary',
    labels: Float64Array.from(rows, (row) => Number(row[14] === '>50K')),
    scores: Float64Array.from(rows, (row) => spelled(adultScores(row).score)),
    threshold,
  };
};

const adultRelationship = (): Answers => {
  const rows = rowsOf('adult.data');
  const kinds = [...new Set(rows.map((row) => row[7] ?? ''))].sort();
  return {
    problem: 'multiclass',
    labels: Float64Array.from(rows, (row) => kinds.indexOf(row[7] ?? '')),
    scores: Float64Array.from(
      rows.flatMap((row) => {
        const { age, education, hours } = adultScores(row);
        const raw = kinds.map(
          (_, k) => 1 / (1 + Math.abs(age - (20 + 7 * k)) + Math.abs(hours - (30 + 4 * k)) / 4 + education / (k + 2)),
        );
        const total = raw.reduce((sum, it) => sum + it);
        return raw.map((it) => it / total);
      }),
    ),
  };
};

const boston = (): Answers => {
  const rows = rowsOf('boston-housing.csv').map((row) => row.map(Number));
  return {
    problem: 'regression',
    labels: Float64Array.from(rows, (row) => row[13]!),
    scores: Float64Array.from(rows, (row) => 0.5 * (34.5 - 0.95 * row[12]!) + 0.5 * (9.1 * row[5]! - 34.7)),
  };
};

const persistence = (name: string): Answers => {
  const values = Float64Array.from(rowsOf(name).slice(1), (row) => Number(row[1]?.replace('?', '')));
  return { problem: 'regression', labels: values.slice(1), scores: values.slice(0, -1) };
};

/** By the names under which their metrics are recorded. */
export const dataSets: Readonly<Record<string, () => Answers>> = {
  'adult income': () => adultIncome((score) => score, 0.5),
  'adult income, tied scores': () => adultIncome((score) => Math.floor(score * 20 + 0.5) / 20, 0.3),
  'adult relationship': adultRelationship,
  boston,
  'airline passengers': () => persistence('airline-passengers.csv'),
  'daily temperatures': () => persistence('daily-min-temperatures.csv'),
};
