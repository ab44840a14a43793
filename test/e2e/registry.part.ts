/** The registry of a pipeline: what it lists, and how its versions are deployed again without training. */
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { DescribeEndpointCommand, ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { beforeAll, expect, test } from '@jest/globals';
import type { RunView } from '../../cli/api.ts';
import { keys } from '../../spec/names.ts';
import { laptop } from './sharedLaptop.ts';

const runs: RunView[] = [];
const pipeline = 'shop';
const candidate = 'train: { candidates: [{ algorithm: linear-learner }] }';
const file = `name: shop\n${candidate}\ngate: { rules: [{ metric: rmse, max: 50 }], champion: { minDelta: -100 } }\n`;

const csv = (slope: number) =>
  ['x,y', ...Array.from({ length: 200 }, (_, i) => `${(i * 37) % 200},${slope * ((i * 37) % 200) + (i % 5)}`)].join(
    '\n',
  );

beforeAll(async () => {
  await laptop.apply(pipeline, `${file}deploy: { target: endpoint }\n`);
  for (const slope of [1, 2]) runs.push(await laptop.drop(pipeline, csv(slope), `${slope}.csv`));
  await laptop.apply(pipeline, file);
  runs.push(await laptop.drop(pipeline, csv(3), '3.csv'));
  await laptop.apply(pipeline, `${file}deploy: { target: endpoint }\n`);
}, 120_000);

const deploy = async (
  body: { action: 'promote' | 'rollback'; version?: number },
  key = JSON.stringify([body, Math.random()]),
) => {
  const { runId } = await laptop.api.deployModel(pipeline, body, key);
  return laptop.ended(runId);
};
/** Which version serves, by what it answers for x = 100. */
const serving = async () => {
  const { models } = await laptop.api.listModels(pipeline, 20);
  const { predictions } = await laptop.api.predictRows(pipeline, [{ x: 100 }]);
  const version = models.find((it) => it.serves === 'sluice-dev-shop')?.version;
  expect(Math.round(Number(predictions[0]?.prediction) / 100)).toBe(version);
  return version;
};
const trainings = async () =>
  (await laptop.clients.sagemaker.send(new ListTrainingJobsCommand({ MaxResults: 100 }))).TrainingJobSummaries?.length;

test('lists versions with what they learned from, how good they are, and which one serves', async () => {
  expect(runs.map(({ outcome }) => outcome)).toEqual(['DEPLOYED', 'DEPLOYED', 'REGISTERED']);
  const { models } = await laptop.api.listModels(pipeline, 20);
  expect(models).toHaveLength(3);
  expect(models.map(({ version, runId }) => [version, runId])).toEqual([3, 2, 1].map((v) => [v, runs[v - 1]?.runId]));
  for (const it of models)
    expect(it).toMatchObject({
      status: 'Approved',
      algorithm: 'linear-learner',
      objective: 'rmse',
      score: expect.any(Number),
      data: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  expect(new Set(models.map(({ data }) => data)).size).toBe(3);
  expect(models.map(({ deployedAt }) => deployedAt !== undefined)).toEqual([false, true, true]);
  expect(await serving()).toBe(2);
  const page = await laptop.api.listModels(pipeline, 2);
  expect(page).toMatchObject({ models: [{ version: 3 }, { version: 2 }], cursor: expect.any(String) });
  expect(await laptop.api.listModels('nothing-yet', 20)).toEqual({ models: [] });
});

test('promotes a registered version, goes back in one call, and trains nothing for it', async () => {
  const before = await trainings();
  const promoted = await deploy({ action: 'promote', version: 3 });
  expect(promoted).toMatchObject({
    outcome: 'DEPLOYED',
    trigger: 'promote',
    summary: expect.stringMatching(/^Promoted version 3, linear-learner/),
    endpointName: 'sluice-dev-shop',
    deploys: { version: 3, runId: runs[2]?.runId },
  });
  expect(await serving()).toBe(3);
  // The same request again is the same run, and goes no further back.
  const key = 'back once';
  const [first, again] = await Promise.all([deploy({ action: 'rollback' }, key), deploy({ action: 'rollback' }, key)]);
  expect(first).toMatchObject({ outcome: 'DEPLOYED', trigger: 'rollback', deploys: { version: 2 } });
  expect(again.runId).toBe(first.runId);
  expect((await deploy({ action: 'rollback' }, key)).runId).toBe(first.runId);
  expect(await serving()).toBe(2);
  expect(await deploy({ action: 'rollback' })).toMatchObject({ outcome: 'DEPLOYED', deploys: { version: 1 } });
  expect(await serving()).toBe(1);
  await expect(deploy({ action: 'rollback' })).rejects.toMatchObject({ status: 409, message: /nothing to go back to/ });
  await expect(deploy({ action: 'promote', version: 1 })).rejects.toMatchObject({ status: 409 });
  await expect(deploy({ action: 'promote', version: 9 })).rejects.toMatchObject({ status: 404 });
  expect(await trainings()).toBe(before);
});

test('a rejected version is not deployed until somebody approves of it', async () => {
  await expect(laptop.api.answerModel(pipeline, 1, { decision: 'reject' })).rejects.toMatchObject({ status: 409 });
  await laptop.api.answerModel(pipeline, 3, { decision: 'reject', reason: 'too steep' });
  const [rejected] = (await laptop.api.listModels(pipeline, 1)).models;
  expect(rejected).toMatchObject({
    status: 'Rejected',
    decision: expect.stringMatching(/^Rejected by arn:.*: too steep$/),
  });
  await expect(deploy({ action: 'promote', version: 3 })).rejects.toMatchObject({ status: 409, message: /Rejected/ });
  await laptop.api.answerModel(pipeline, 3, { decision: 'approve' });
  expect(await deploy({ action: 'promote', version: 3 })).toMatchObject({ outcome: 'DEPLOYED' });
  expect(await serving()).toBe(3);
});

test('a rollback to a version whose artefact is gone is refused before anything is touched', async () => {
  const EndpointName = 'sluice-dev-shop';
  const before = await laptop.clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
  const Bucket = laptop.connection.outputs['DataBucketName'];
  const gone = [keys.model(runs[1]?.runId ?? '', 0), keys.modelRecipe(pipeline, runs[0]?.runId ?? '')] as const;
  for (const Key of gone) await laptop.clients.s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await expect(deploy({ action: 'rollback', version: 2 })).rejects.toMatchObject({
    status: 410,
    message: `Version 2 of shop cannot be deployed any more. Missing: s3://${Bucket}/${gone[0]}.`,
  });
  await expect(deploy({ action: 'rollback', version: 1 })).rejects.toMatchObject({
    status: 410,
    message: new RegExp(gone[1]),
  });
  expect(await laptop.clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName }))).toMatchObject({
    LastModifiedTime: before.LastModifiedTime,
    EndpointStatus: 'InService',
  });
  expect(await serving()).toBe(3);
});

test('undeploys the endpoint with its configuration and alarms, and can deploy a version again', async () => {
  const { endpointName } = await laptop.api.undeploy(pipeline);
  expect(endpointName).toBe('sluice-dev-shop');
  await expect(laptop.api.predictRows(pipeline, [{ x: 1 }])).rejects.toMatchObject({ status: 409 });
  await expect(laptop.api.undeploy(pipeline)).rejects.toMatchObject({ status: 409 });
  expect((await laptop.api.listModels(pipeline, 5)).models.filter(({ serves }) => serves)).toEqual([]);
  await expect(deploy({ action: 'rollback' })).rejects.toMatchObject({ status: 409 });
  expect(await deploy({ action: 'promote', version: 3 })).toMatchObject({ outcome: 'DEPLOYED' });
  expect(await serving()).toBe(3);
});
