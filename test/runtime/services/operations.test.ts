/** docs/runtime.md lists what the services can do (mend it with: npm run docs). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { allServices } from '../../../runtime/services/index.ts';
import { resourceTypes } from '../../../runtime/template/resources/index.ts';

let dataDir: string;
let runtime: Runtime;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'operations-'));
  runtime = await openRuntime({ dataDir, services: allServices({ containers: () => undefined }) });
});
afterAll(async () => {
  await runtime.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const rowsOf = (heading: string) => {
  const [, section = ''] = readFileSync('docs/runtime.md', 'utf8').split(`## ${heading}\n`);
  return section.split('\n## ')[0] ?? '';
};

test('every operation of every service is documented, and only those', () => {
  const rows = [...rowsOf('Operations').matchAll(/^\| `([^`]+)`\s*\| (.*?)\s*\|$/gm)];
  const documented = Object.fromEntries(rows.map(([, service = '', list = '']) => [service, list.split(', ')]));
  const present = Object.fromEntries(
    [...runtime.services.values()].map(({ name, operations }) => [name, Object.keys(operations).toSorted()]),
  );
  expect(documented).toEqual(present);
});

test('every CloudFormation type is documented, and only those', () => {
  const documented = [...rowsOf('CloudFormation types').matchAll(/`(AWS::[^`]+)`/g)].map(([, type]) => type);
  expect(documented).toEqual(Object.keys(resourceTypes).toSorted());
});
