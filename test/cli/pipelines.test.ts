/** sluice validate, apply and diff as people run them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { givePackage } from '../e2e/laptop.ts';
import { runSluice } from '../fixtures/sluice.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-pipelines-'));
  givePackage(join(folder, 'data'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sluice = (...args: string[]) => runSluice(join(folder, 'data'), args);

const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

test('validate looks at every file, without anything running, and fails when one is wrong', async () => {
  const good = file('good.yaml', 'name: good\nbudget: { maxUsd: 5 }\n');
  const typo = file('typo.yaml', 'name: typo\ndata: { tarket: price }\n');
  const dear = file('dear.yaml', 'name: dear\nbudget: { maxUsd: 0.1 }\n');
  const algorithm = file('algorithm.yaml', 'name: algorithm\ntrain: { candidates: [{ algorithm: xgbost }] }\n');
  const { code, out } = await sluice('validate', good, typo, dear, algorithm);
  expect(code).toBe(1);
  expect(out).toContain(`✔ ${good}: the pipeline good, a run costs at most 0.69 USD`);
  expect(out).toContain(`data.tarket: unknown setting, did you mean target? (${typo})`);
  expect(out).toContain('the budget is 0.1 USD');
  expect(out).toContain('Unknown algorithm "xgbost". Did you mean "xgboost"?');

  expect((await sluice('validate', good)).code).toBe(0);
  const prices = file('prices.yaml', 'usdPerHour: { ml.m5.xlarge: 0.01 }\n');
  expect((await sluice('validate', '--prices', prices, dear)).code).toBe(0);
  expect((await sluice('validate', join(folder, 'gone.yaml'))).code).toBe(2);
});

test('apply tells what changes; diff tells it before; a wrong file leaves all as it was', async () => {
  const houses = file('houses.yaml', 'name: houses\n');
  expect((await sluice('diff', houses)).out).toContain('the pipeline has no file in the bucket');
  expect((await sluice('apply', houses)).out).toMatch(/houses {2}new, version \S+/);
  expect((await sluice('apply', houses)).out).toContain('houses  is as it was');

  file('houses.yaml', 'name: houses\ntrain: { maxRuntime: 2h }\n');
  const typo = file('typo.yaml', 'name: typo\ntrian: {}\n');
  const refused = await sluice('apply', houses, typo);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('did you mean train?');

  const differs = await sluice('diff', '--exit-code', houses);
  expect(differs.code).toBe(1);
  expect(differs.out).toContain('train.maxRuntime: 3600 → 7200');
  expect((await sluice('apply', houses)).out).toContain('train.maxRuntime: 3600 → 7200');
  expect(await sluice('diff', '--exit-code', houses)).toMatchObject({
    code: 0,
    out: expect.stringContaining('no setting is different'),
  });
});
