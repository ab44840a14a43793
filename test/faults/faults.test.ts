/** Some cells of the fault matrix; `npm run test:faults` has all of them. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import type { Told } from './part.ts';

let cells: Told[];
beforeAll(async () => {
  const outfile = resolve('dist', 'faults', 'sample.mjs');
  await build({
    entryPoints: ['test/faults/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  // From each family of calls one that must not be made twice, one that must be made again, one that cannot be.
  const only = [
    'submit sagemaker.CreateTrainingJob answer lost',
    'submit sagemaker.CreateTransformJob time-out',
    'register sagemaker.CreateModelPackage throttled',
    'notify sns.Publish answer lost',
    'poll dynamodb.PutItem error 500',
    'evaluate s3.PutObject denied',
  ];
  const args = ['--lives', 'registered', '--only', only.join(), '--parts', '1', '--at-once', '2', '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, [outfile, ...args], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  ({ cells } = JSON.parse(stdout) as { cells: Told[] });
});

const cellOf = (row: string, fault?: string) => cells.find((cell) => cell.row === row && cell.order?.fault === fault);

test('undisturbed, nothing is wrong', () => {
  expect(cellOf('')).toMatchObject({ wrong: [], outcomes: [{ outcome: 'REGISTERED' }] });
});

test.each([
  ['submit sagemaker.CreateTrainingJob', 'answer lost', 'REGISTERED'],
  ['submit sagemaker.CreateTransformJob', 'time-out', 'REGISTERED'],
  ['register sagemaker.CreateModelPackage', 'throttled', 'REGISTERED'],
  ['notify sns.Publish', 'answer lost', 'REGISTERED'],
  ['poll dynamodb.PutItem', 'error 500', 'REGISTERED'],
  ['evaluate s3.PutObject', 'denied', 'FAILED'],
])('%s, %s: the run ends %s, nothing is left running and nothing comes twice', (row, fault, outcome) => {
  const cell = cellOf(row, fault);
  expect(cell).toMatchObject({ wrong: [], outcomes: [{ outcome }] });
  expect(cell?.met).toBeGreaterThan(0);
});

test('a failure says which call of which service it was', () => {
  expect(cellOf('evaluate s3.PutObject', 'denied')?.outcomes[0]?.summary).toMatch(
    /^AccessDenied: .*s3:PutObject.*\(S3 PutObject\)/,
  );
});
