/** docs/pipeline.schema.json, by which editors know pipeline files, says what the grammar says. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { pipelineJsonSchema } from '../../spec/pipelineJsonSchema.ts';
import { parsePipeline } from '../../spec/parsePipeline.ts';

const published = JSON.parse(readFileSync('docs/pipeline.schema.json', 'utf8')) as object;
const validate = new Ajv2020.default({ strict: false, validateFormats: false }).compile(published);

test('it is the one that the grammar makes: npm run docs writes it', () => {
  expect(published).toEqual(JSON.parse(JSON.stringify(pipelineJsonSchema())));
});

const [, example = ''] = /```yaml\n([^]*?)```/.exec(readFileSync('docs/pipeline.md', 'utf8')) ?? [];

test.each([
  ['the example of the documentation', example],
  ['a name alone', 'name: a'],
  [
    'durations and schedules in words',
    'name: a\ntrain: { maxRuntime: 2h }\nschedule: rate(7 days)\napproval: { expires: 2d }',
  ],
  [
    'hyperparameters as texts',
    'name: a\ntrain: { candidates: [{ algorithm: xgboost, hyperparameters: { eta: "0.2" } }] }',
  ],
])('it takes %s, as the grammar does', (_, text) => {
  expect(() => parsePipeline(text, 'test')).not.toThrow();
  expect({ valid: validate(parse(text)), errors: validate.errors }).toEqual({ valid: true, errors: null });
});

test.each([
  ['a typo', 'name: a\ntrian: {}'],
  ['a typo further down', 'name: a\ndata: { tarket: y }'],
  ['no name', 'data: { target: y }'],
  ['an unknown algorithm', 'name: a\ntrain: { candidates: [{ algorithm: xgbost }] }'],
  [
    'an unknown hyperparameter',
    'name: a\ntrain: { candidates: [{ algorithm: xgboost, hyperparameters: { etta: 0.2 } }] }',
  ],
  [
    'a hyperparameter out of its range',
    'name: a\ntrain: { candidates: [{ algorithm: xgboost, hyperparameters: { eta: 7 } }] }',
  ],
])('it refuses %s', (_, text) => {
  expect(validate(parse(text))).toBe(false);
});
