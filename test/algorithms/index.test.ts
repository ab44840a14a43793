import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { checkHyperparameters } from '../../algorithms/hyperparameters.ts';
import { algorithms } from '../../algorithms/index.ts';
import { trainers } from '../../algorithms/trainers.ts';

test('every manifest of the catalogue has a local trainer, and the other way round', () => {
  expect(Object.keys(trainers).sort()).toEqual(Object.keys(algorithms).sort());
});

describe.each(Object.entries(algorithms))('%s', (name, manifest) => {
  test('is registered under its own name', () => {
    expect(manifest.name).toBe(name);
    expect(manifest.versions).toContain(manifest.version);
    expect(manifest.imageUri('eu-west-1')).toContain(`/${manifest.repositories.at(-1)}:`);
  });

  test('names every hyperparameter once', () => {
    const names = manifest.hyperparameters.map((hyperparameter) => hyperparameter.name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('accepts its own defaults', () => {
    const defaults = Object.fromEntries(
      manifest.hyperparameters.flatMap(({ name, default: usual }) =>
        usual === undefined || usual === null ? [] : [[name, usual]],
      ),
    );
    expect(checkHyperparameters(manifest, defaults).problems).toEqual([]);
  });

  test('completes to hyperparameters that its own check accepts, for every problem it solves', () => {
    for (const problem of manifest.problems) {
      const classCounts = { regression: [], binary: [60, 40], multiclass: [50, 30, 20] }[problem];
      const completed = manifest.complete({}, { problem, rows: 100, features: 4, classCounts });
      expect(checkHyperparameters(manifest, completed)).toEqual({ values: completed, problems: [] });
    }
  });

  test('has metrics whose regexes capture one value', () => {
    for (const { regex } of manifest.metrics) expect(regex.match(/\((?!\?)/g)).toHaveLength(1);
  });
});

const factsGrammar = z.object({
  algorithms: z.record(
    z.string(),
    z.object({
      hyperparameters: z.array(z.looseObject({ name: z.string(), tunable: z.boolean() })),
      objectiveMetrics: z.array(z.object({ name: z.string(), goal: z.string(), regex: z.string().nullable() })),
    }),
  ),
});
const factsFile = resolve('..', 'shared', 'facts', 'algorithms.json');
const facts = existsSync(factsFile) ? factsGrammar.parse(JSON.parse(readFileSync(factsFile, 'utf8'))) : undefined;

(facts ? describe : describe.skip)('linear-learner against the collected facts (needs ../shared)', () => {
  const expected = facts?.algorithms['linear-learner'];
  const { hyperparameters, metrics } = algorithms['linear-learner']!;

  test('has the same hyperparameters', () => {
    const names = (list: readonly { name: string; tunable: boolean }[]) =>
      list.map(({ name, tunable }) => `${name} ${tunable}`).sort();
    expect(names(hyperparameters)).toEqual(names(expected!.hyperparameters));
  });

  test('has the same metrics, goals and regexes', () => {
    for (const { name, goal, regex } of expected!.objectiveMetrics) {
      const metric = metrics.find((candidate) => candidate.name === name);
      expect(metric).toMatchObject({ name, goal });
      if (regex !== null) expect(metric!.regex).toBe(regex);
    }
  });
});
