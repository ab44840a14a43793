/** Two drops at once: under `parallel` the second to deploy is told that it was overtaken, under `queue` it waits its turn. */
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, test } from '@jest/globals';
import { executionArn } from '../../spec/names.ts';
import { laptop } from './sharedLaptop.ts';

const settings =
  'gate: { rules: [{ metric: rmse, max: 50 }], champion: { minDelta: -100 } }\ntrain: { candidates: [{ algorithm: linear-learner }] }\ndeploy: { target: batch }\n';
const csv = (slope: number) =>
  ['x,y', ...Array.from({ length: 200 }, (_, i) => `${i % 23},${slope * (i % 23) + (i % 5)}`)].join('\n');

const both = async (pipeline: string, policy: string) => {
  await laptop.apply(pipeline, `name: ${pipeline}\ntrigger: { policy: ${policy} }\n${settings}`);
  const runs = [await laptop.start(pipeline, csv(2), 'a.csv'), await laptop.start(pipeline, csv(3), 'b.csv')];
  return Promise.all(runs.map((runId) => laptop.ended(runId)));
};

test('two drops at once: parallel', async () => {
  const views = await both('at-once', 'parallel');
  expect(views.map(({ outcome }) => outcome)).toEqual(expect.arrayContaining(['DEPLOYED', 'OVERTAKEN']));
  const second = views.find(({ outcome }) => outcome === 'OVERTAKEN');
  expect(second?.summary).toMatch(/^Another run changed the deployed model of at-once while this one was under way/);
  const arn = executionArn(laptop.connection.outputs['TrainMachineArn'] ?? '', second?.runId ?? '');
  // It came second, and did not fail.
  expect(await laptop.clients.sfn.send(new DescribeExecutionCommand({ executionArn: arn }))).toMatchObject({
    status: 'SUCCEEDED',
  });
}, 120_000);

test('two drops at once: queue', async () => {
  // Which of the two is heard of first is for the bus to say.
  const views = await both('in-turn', 'queue');
  const [first, second] = views.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
  expect([first?.outcome, second?.outcome]).toEqual(['DEPLOYED', 'DEPLOYED']);
  expect(Date.parse(second?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.endedAt ?? ''));
  expect(second?.plan?.champion?.runId).toBe(first?.runId);
}, 120_000);

test('and on the way no role was denied anything', () => {
  expect(laptop.embedded.runtime.iamReport().flatMap(({ denied }) => denied)).toEqual([]);
});
