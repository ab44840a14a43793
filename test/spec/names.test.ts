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
    names.trainingJobName(id, 99, names.mostRedrives),
    names.trainingJobName(id, '99f99', names.mostRedrives),
    names.transformJobName(id, '99f99', names.mostRedrives),
    names.batchJobName(id, names.mostRedrives),
  ])
    expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
});

test('what a run makes in one redrive is called otherwise than in another, and the name says in which', () => {
  const id = names.runIdOf('houses', 'b', 'k');
  const each = [0, 1, 2, 12, 99];
  const kinds: ((redrives: number) => string)[] = [
    (n) => names.trainingJobName(id, 0, n),
    (n) => names.trainingJobName(id, '0f3', n),
    (n) => names.transformJobName(id, 'champion', n),
    (n) => names.transformJobName(id, '0f3', n),
    (n) => names.batchJobName(id, n),
  ];
  const all = kinds.flatMap((nameOf) => each.map(nameOf));
  expect(new Set(all).size).toBe(all.length);
  for (const nameOf of kinds) expect(each.map((n) => names.redrivesIn(nameOf(n)))).toEqual(each);
  expect(each.map((n) => names.runOfAttempt(names.attemptOf(id, n)))).toEqual(each.map(() => id));
});
