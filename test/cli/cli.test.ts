/** Every command, from what cannot be meant to a run that is stopped. */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { clientsOf } from '../../cli/clients.ts';
import { connect } from '../../cli/connection.ts';
import { writePipelineFile } from '../../cli/dropFile.ts';
import { keys } from '../../spec/names.ts';
import { parsePipeline } from '../../spec/parsePipeline.ts';
import { givePackage } from '../e2e/laptop.ts';
import { launchSluice, runSluice } from '../fixtures/sluice.ts';

let dataDir: string;
let up: ChildProcess | undefined;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
  givePackage(dataDir);
});
afterAll(() => {
  up?.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

const launch = (...args: string[]) => launchSluice(dataDir, ...args);
const sluice = (args: readonly string[], input?: string) => runSluice(dataDir, args, input);

const rows = Array.from({ length: 120 }, (_, i) => `${i % 13},${i % 7},${2 * (i % 13) + (i % 7)}`);

describe('usage', () => {
  test.each([
    'up',
    'train',
    'predict',
    'score',
    'runs',
    'show',
    'contract',
    'validate',
    'diff',
    'apply',
    'approve',
    'reject',
    'costs',
    'models',
    'promote',
    'rollback',
    'weights',
    'undeploy',
    'stop',
    'down',
    'demo',
  ])('%s --help says what it does', async (name) => {
    const { code, out } = await sluice([name, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`Usage: sluice ${name}`));
    expect(out).toContain('--data-dir');
  });

  test('what cannot be meant is told, with exit code 2 and nothing started', async () => {
    expect(await sluice(['tran'])).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean train?') });
    expect(await sluice(['train', 'nothing.csv'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('nothing.csv'),
    });
    expect(await sluice(['train', 'x.csv', '--pipeline', 'A B'])).toMatchObject({ code: 2 });
    expect(await sluice(['up', '--port', '99999'])).toMatchObject({ code: 2, err: expect.stringContaining('65535') });
    expect(await sluice(['runs', '--limit', '0'])).toMatchObject({ code: 2 });
    expect(await sluice(['weights', 'houses', 'champion=0.8', 'challenger=0.3'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('add up to 1.1, expected 1'),
    });
    expect(await sluice(['weights', 'houses', 'champion=80%'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('champion=80% is no weight: expected champion=0.8'),
    });
    expect(await sluice(['down'])).toMatchObject({ code: 0, out: expect.stringContaining('Nothing is up') });
  });
});

test('what a killed process has left behind does not make `down` end whoever has its id now', async () => {
  const left = { pid: process.pid, endpoint: 'http://127.0.0.1:1', region: 'eu-west-1', accountId: '0', outputs: {} };
  writeFileSync(join(dataDir, 'running.json'), JSON.stringify(left));
  // The same id, another process: its start time differs.
  writeFileSync(join(dataDir, 'lock'), `${process.pid} 1\n`);
  expect(await sluice(['down'])).toMatchObject({ code: 0, out: expect.stringContaining('Nothing is up') });
});

describe('with `sluice up` running', () => {
  beforeAll(async () => {
    up = launch('up', '--port', '0');
    await new Promise<void>((ready, reject) => {
      let said = '';
      const hear = (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('Sluice is up.')) ready();
      };
      up?.stdout?.on('data', hear);
      up?.stderr?.on('data', hear);
      up?.once('exit', () => reject(new Error(`sluice up ended:\n${said}`)));
    });
  }, 180_000);

  test('a second one on the same data is refused', async () => {
    expect(await sluice(['up'])).toMatchObject({ code: 2, err: expect.stringContaining('up already') });
  });

  test('train, predict, runs and show', async () => {
    const file = join(dataDir, 'Two Lines.csv');
    writeFileSync(file, `a,b,y\n${rows.join('\n')}\n`);
    const trained = await sluice(['train', file, '--target', 'y']);
    expect(trained.err).toMatch(/✔ xgboost · PollTraining/);
    expect(trained.out).toMatch(/DEPLOYED {2}Passed: xgboost with rmse/);
    expect(trained.out).toMatch(/endpoint {2}sluice-dev-two-lines/);
    expect(trained.out).toMatch(/\d+ state transitions in \d/);
    expect(trained.out).toMatch(/predicted .* for the file's first row, which says 0/);
    expect(trained.code).toBe(0);

    const fromStdin = await sluice(['predict', 'two-lines', '--json'], '[{"a":12,"b":6},{"a":0,"b":0}]');
    const { predictions } = JSON.parse(fromStdin.out) as { predictions: { prediction: number }[] };
    expect(predictions).toHaveLength(2);
    expect(predictions[0]!.prediction).toBeGreaterThan(predictions[1]!.prediction);
    expect(await sluice(['predict', 'two-lines'], '{"c":1}')).toMatchObject({
      code: 1,
      err: expect.stringContaining('c'),
    });
    expect(await sluice(['predict', 'two-lines'], '{"a":')).toMatchObject({
      code: 2,
      err: expect.stringContaining('JSON'),
    });

    const listed = await sluice(['runs', '--json']);
    const [run] = JSON.parse(listed.out) as { runId: string; outcome: string }[];
    expect(run?.outcome).toBe('DEPLOYED');
    const shown = await sluice(['show', run?.runId ?? '']);
    expect(shown.out).toContain('on held-out rows');
    const report = join(dataDir, 'report.html');
    expect((await sluice(['show', run?.runId ?? '', '--report', report])).code).toBe(0);
    expect(readFileSync(report, 'utf8')).toMatch(/^<!doctype html>/);
    expect(await sluice(['show', 'two-lines-0000000000000000'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no run'),
    });
    const pinned = '- { name: a, type: numeric, maxMissing: 0, min: 0, max: 12 }';
    expect(await sluice(['contract', run?.runId ?? ''])).toMatchObject({
      code: 0,
      out: expect.stringContaining(pinned),
    });
    const pipeline = join(dataDir, 'two-lines.yaml');
    writeFileSync(pipeline, '# ours\nname: two-lines\ndata: { target: y }\n');
    expect(await sluice(['contract', run?.runId ?? '', '--file', pipeline])).toMatchObject({ code: 0 });
    const { data } = parsePipeline(readFileSync(pipeline, 'utf8'), pipeline);
    expect(data.target).toBe('y');
    expect(data.contract?.columns.map(({ name }) => name)).toEqual(['a', 'b', 'y']);
    expect(await sluice(['stop', run?.runId ?? ''])).toMatchObject({
      code: 1,
      err: expect.stringContaining('has ended already'),
    });
  }, 180_000);

  /** Puts a pipeline file into the bucket, as any other client would. */
  const apply = async (name: string, text: string) => {
    const connection = await connect(dataDir);
    const bucket = connection.outputs['DataBucketName'] ?? '';
    await writePipelineFile(clientsOf(connection), bucket, keys.pipeline(name), `name: ${name}\n${text}\n`);
  };

  test('an endpoint that a pipeline file does not ask for is told with its price, and goes when asked', async () => {
    expect((await sluice(['weights', 'two-lines'])).out).toMatch(/InService[^]*champion +100 % +two-lines-/);
    expect(await sluice(['weights', 'two-lines', 'champion=0.5', 'challenger=0.5'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('No challenger serves beside the deployed model of two-lines'),
    });
    const file = join(dataDir, 'two-lines.yaml');
    writeFileSync(file, 'name: two-lines\ndeploy: { target: batch }\n');
    const standing = 'The endpoint sluice-dev-two-lines stands and costs 83.95 USD a month';
    expect((await sluice(['diff', file])).out).toContain(standing);
    expect((await sluice(['apply', file])).out).toContain(`${standing}, although this file does not ask for one`);
    expect(await sluice(['undeploy', 'two-lines', '--yes'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('Deleted the endpoint sluice-dev-two-lines'),
    });
    expect((await sluice(['diff', file])).out).not.toContain('stands');
  }, 60_000);

  test('a refusal is told apart by exit code 3', async () => {
    await apply('strict', 'gate: { rules: [{ metric: rmse, max: 0.000001 }] }');
    const file = join(dataDir, 'strict.csv');
    writeFileSync(file, `a,b,y\n${rows.join('\n')}\n`);
    const { code, out } = await sluice(['train', file]);
    expect(out).toMatch(/REFUSED {2}Refused: rmse is/);
    expect(code).toBe(3);
  }, 180_000);

  test('Ctrl-C ends the command at once, with exit code 130, and the run goes on', async () => {
    const file = join(dataDir, 'interrupted.csv');
    writeFileSync(file, `a,b,y\n${rows.join('\n')}\n`);
    const child = launch('train', file);
    const code = new Promise((resolve) => child.once('exit', resolve));
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      const dropped = said.includes('Run ');
      said += chunk.toString();
      if (!dropped && said.includes('Run ')) child.kill('SIGINT');
    });
    expect(await code).toBe(130);
    expect(said).toContain('Interrupted.');
    const shown = await sluice(['show', '--follow', /Run (\S+)/.exec(said)?.[1] ?? '']);
    expect(shown.out).toContain('DEPLOYED');
  }, 180_000);

  test('stop ends a run and its job', async () => {
    await apply(
      'long',
      'train: { candidates: [{ algorithm: xgboost, hyperparameters: { num_round: 20000, max_depth: 10 } }] }',
    );
    const file = join(dataDir, 'long.csv');
    const many = Array.from(
      { length: 3000 },
      (_, i) => `${(i * 37) % 101},${(i * 53) % 97},${(i * 29) % 89},${(i * 17) % 83}`,
    );
    writeFileSync(file, `a,b,c,y\n${many.join('\n')}\n`);
    const training = launch('train', file);
    let said = '';
    training.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = new Promise((resolve) => training.once('close', resolve));
    while (!said.includes('SubmitTraining')) await new Promise((wake) => setTimeout(wake, 20));
    const runId = /Run (long-[0-9a-f]{16})/.exec(said)?.[1] ?? '';
    const stopped = await sluice(['stop', runId]);
    expect(stopped.out).toContain(`${runId}: STOPPED`);
    expect(await ended).toBe(1);
    const { sagemaker } = clientsOf(await connect(dataDir));
    const job = () => sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: `${runId}-c0-train` }));
    while ((await job()).TrainingJobStatus === 'Stopping') await new Promise((wake) => setTimeout(wake, 50));
    expect((await job()).TrainingJobStatus).toBe('Stopped');
  }, 180_000);

  test('down stops it cleanly', async () => {
    const gone = new Promise((resolve) => up?.once('exit', resolve));
    expect(await sluice(['down'])).toMatchObject({ code: 0, out: 'Stopped.\n' });
    expect(await gone).toBe(0);
  });
});
