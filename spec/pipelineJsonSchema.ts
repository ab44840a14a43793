/** The JSON Schema (2020-12) of pipeline files, for editors: settings, and the hyperparameters of each algorithm. */
import * as z from 'zod';
import type { Hyperparameter, Manifest } from '../algorithms/algorithm.ts';
import { algorithms } from '../algorithms/index.ts';
import { pipelineSchema } from './pipeline.ts';

type Json = Record<string, unknown>;

export const pipelineJsonSchema = (): Json => {
  const whole = z.toJSONSchema(pipelineSchema, { io: 'input', target: 'draft-2020-12' });
  const { id: _id, ...schema } = at(whole, ['$defs', 'Pipeline']);
  const manifests = Object.values(algorithms);
  const candidate = at(schema, ['properties', 'train', 'properties', 'candidates', 'items']);
  at(candidate, ['properties'])['algorithm'] = { type: 'string', enum: manifests.map(({ name }) => name) };
  candidate['allOf'] = manifests.map((manifest) => ({
    if: { properties: { algorithm: { const: manifest.name } }, required: ['algorithm'] },
    // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema says so
    then: { properties: { hyperparameters: hyperparametersOf(manifest) } },
  }));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A pipeline of Sluice: pipelines/<name>.yaml',
    ...schema,
  };
};

/** Throws RangeError where the schema has no such place. */
const at = (schema: Json, path: readonly string[]): Json =>
  path.reduce((place, key) => {
    const next = place[key];
    if (typeof next !== 'object' || next === null) throw new RangeError(`The schema has no ${path.join('.')}.`);
    return next as Json;
  }, schema);

const hyperparametersOf = ({ hyperparameters }: Manifest): Json => ({
  type: 'object',
  properties: Object.fromEntries(hyperparameters.map((it) => [it.name, hyperparameter(it)])),
  additionalProperties: false,
});

const types: Readonly<Record<Hyperparameter['type'], readonly string[]>> = {
  integer: ['integer', 'string'],
  float: ['number', 'string'],
  categorical: ['string', 'number', 'boolean'],
  string: ['string', 'number', 'boolean'],
  boolean: ['boolean', 'string', 'number'],
};

/** Numbers may be written as texts, as SageMaker takes them, so that bounds hold for numbers only. */
const hyperparameter = (it: Hyperparameter): Json => ({
  type: types[it.type],
  ...(it.min !== undefined && { [it.minExclusive ? 'exclusiveMinimum' : 'minimum']: it.min }),
  ...(it.max !== undefined && { [it.maxExclusive ? 'exclusiveMaximum' : 'maximum']: it.max }),
  ...(it.default !== undefined && it.default !== null && { default: it.default }),
  ...(it.values && { description: `one of ${it.values.join(', ')}` }),
});
