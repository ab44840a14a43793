import { expect, test } from '@jest/globals';
import { logKeys } from '../../functions/lib/logKeys.ts';

const runId = 'churn-0123456789abcdef';
const ofRun = { runId, pipeline: 'churn' };

test.each([
  ['the input of a step', { runId, candidate: 0 }, ofRun],
  ['the end of an execution', { source: 'aws.states', detail: { name: runId, status: 'FAILED' } }, ofRun],
  ['the end of a job', { source: 'aws.sagemaker', detail: { TrainingJobName: `${runId}-c0-train` } }, ofRun],
  ['a job of somebody else', { source: 'aws.sagemaker', detail: { TransformJobName: 'nightly-scores' } }, {}],
  ['a tick of a schedule', { pipeline: 'churn', source: 'latest' }, { pipeline: 'churn' }],
  ['nothing', undefined, {}],
])('%s', (_what, input, keys) => {
  expect(logKeys(input)).toEqual(keys);
});
