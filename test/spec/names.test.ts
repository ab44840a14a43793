import { expect, test } from '@jest/globals';
import * as names from '../../spec/names.ts';

test('a run is named by what it is about: the same request always, another version never', () => {
  const id = names.runIdOf('houses', 'bucket', 'drop/houses/a.csv', 'v1', '');
  expect(id).toMatch(/^houses-[0-9a-f]{16}$/);
  expect(names.runIdOf('houses', 'bucket', 'drop/houses/a.csv', 'v1', '')).toBe(id);
  expect(names.runIdOf('houses', 'bucket', 'drop/houses/a.csv', 'v2', '')).not.toBe(id);
  expect(names.runIdOf('houses', 'bucket', 'drop/houses/a.csvv1', '', '')).not.toBe(id);
  expect(names.pipelineOf(id)).toBe('houses');
});

test('every name of a run fits where SageMaker and Step Functions allow 63 and 80 characters', () => {
  const id = names.runIdOf('p'.repeat(36), 'b', 'k');
  for (const name of [
    names.trainingJobName(id, 99),
    names.transformJobName(id, 'champion'),
    names.batchJobName(id),
    names.modelName(id, 99),
    names.endpointConfigName(id),
    names.deployExecutionName(id),
  ])
    expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
});
