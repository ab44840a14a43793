/** What is sent to SageMaker in the end-to-end tests is held against its API (test/e2e/laptop.ts); here, that this notices. */
import { expect, test } from '@jest/globals';
import { hasFacts, requestViolations } from '../fixtures/apiConstraints.ts';
import { trainingRequest } from '../fixtures/sagemakerWorld.ts';

const withFacts = hasFacts ? test : test.skip;
const request = { ...trainingRequest('name') };

withFacts('a good request is none of them', () => {
  expect(requestViolations('CreateTrainingJob', request)).toEqual([]);
});

const wrongs: readonly [string, object, RegExp][] = [
  ['a name with an underscore', { TrainingJobName: 'a_b' }, /TrainingJobName: "a_b" is not/],
  ['a name of 64 characters', { TrainingJobName: 'a'.repeat(64) }, /TrainingJobName has 64 characters/],
  ['a member that is missing', { RoleArn: undefined }, /RoleArn is missing/],
  ['a member that nobody knows', { Colour: 'red' }, /Colour is not known/],
  [
    'a value that is not allowed',
    { ResourceConfig: { ...request.ResourceConfig, InstanceType: 'ml.m5.tiny' } },
    /InstanceType: "ml.m5.tiny" is none of the allowed values/,
  ],
  [
    'a number out of range, in a structure',
    { StoppingCondition: { MaxRuntimeInSeconds: 0 } },
    /StoppingCondition.MaxRuntimeInSeconds: 0 is out of range/,
  ],
  ['a hyperparameter that is no text', { HyperParameters: { eta: 0.1 } }, /HyperParameters\{value\}: 0.1 is no string/],
  ['a tag without its value', { Tags: [{ Key: 'sluice:run' }] }, /Tags\[\].Value is missing/],
];

withFacts.each(wrongs)('%s is noticed', (_what, wrong, violation) => {
  expect(requestViolations('CreateTrainingJob', { ...request, ...wrong })).toContainEqual(
    expect.stringMatching(violation),
  );
});
