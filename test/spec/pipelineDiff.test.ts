/** What two pipelines differ in, when every default is filled in. */
import { expect, test } from '@jest/globals';
import { parsePipeline } from '../../spec/parsePipeline.ts';
import { changesOf, tellChange } from '../../spec/pipelineDiff.ts';

const between = (before: string, after: string) =>
  changesOf(parsePipeline(`name: a\n${before}`, 'before'), parsePipeline(`name: a\n${after}`, 'after')).map(tellChange);

test('a default that is spelled out, a unit of time and the order of settings are no difference', () => {
  expect(between('', 'data: {}\ntrain: { maxRuntime: 60m, candidates: [{ algorithm: xgboost }] }')).toEqual([]);
});

test('each setting is told by its path, with both values', () => {
  expect(
    between(
      'data: { target: y }\ngate: { rules: [{ metric: auc, min: 0.8 }] }',
      'train: { candidates: [{ algorithm: xgboost, hyperparameters: { eta: 0.2 } }, { algorithm: linear-learner }] }\ngate: { rules: [{ metric: auc, min: 0.9 }] }',
    ),
  ).toEqual([
    'data.target: "y" → nothing',
    'train.candidates[0].hyperparameters.eta: nothing → 0.2',
    'train.candidates[1]: nothing → {"algorithm":"linear-learner","hyperparameters":{}}',
    'gate.rules[0].min: 0.8 → 0.9',
  ]);
});
