/** SIGKILL at any moment, again and again: every execution that was acknowledged ends, and no answer that was recorded is asked for twice. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';

const runs = 40;
// Beside the project's dependencies, which the bundle imports.
const folder = mkdtempSync(resolve('dist', 'statesCrash-'));
const worker = join(folder, 'worker.mjs');
const calls = join(folder, 'calls');

beforeAll(() =>
  build({
    entryPoints: ['test/runtime/services/statesWorker.ts'],
    outfile: worker,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  }),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the worker until it is done, or kills it `ms` after it first said something; what it said. */
const live = (ms?: number) =>
  new Promise<string>((ended, failed) => {
    const child = spawn(process.execPath, [worker, join(folder, 'data'), calls, String(runs)]);
    let said = '';
    let complaint = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (ms !== undefined) timer ??= setTimeout(() => child.kill('SIGKILL'), ms);
    });
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (code === 0 || signal === 'SIGKILL') ended(said);
      else failed(new Error(`The worker ended with ${code ?? signal}:\n${complaint}`));
    });
  });

test('kills between and during the steps of many executions', async () => {
  let kills = 0;
  let said = '';
  for (const ms of [1, 4, 9, 16, 25, 36, 49, 64]) {
    said = await live(ms);
    if (said.includes('done')) break;
    kills++;
  }
  if (!said.includes('done')) said = await live();
  expect(kills).toBeGreaterThan(2);

  const ended = JSON.parse(/^done (.*)$/m.exec(said)?.[1] ?? '[]') as {
    status: string;
    output: string;
    ids: number[];
    types: string[];
  }[];
  expect(ended).toHaveLength(runs);
  for (const { status, output, ids, types } of ended) {
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: '"child"' });
    expect(ids).toEqual(ids.map((_, i) => i + 1));
    expect(types.filter((type) => type === 'TaskScheduled')).toHaveLength(6);
    expect(types.filter((type) => type === 'TaskSucceeded')).toHaveLength(6);
    expect(types.filter((type) => type === 'TaskSubmitted')).toHaveLength(1);
  }
  // A call may be made again after a kill, but it is the same call: what was drawn for it is drawn again.
  const made = new Set(readFileSync(calls, 'utf8').trim().split('\n'));
  expect(made.size).toBe(runs * 6);
});
