/** The layer of DuckDB, made of stand-ins for its packages. */
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { temporaryFolder } from '../fixtures/temporaryFolder.ts';

let buildLayers: (root: string, own: string) => Promise<void>;
beforeAll(async () => {
  ({ buildLayers } = (await import(pathToFileURL(resolve('scripts', 'layers.mjs')).href)) as {
    buildLayers: typeof buildLayers;
  });
});

const rootWith = (...platforms: string[]) => {
  const root = temporaryFolder();
  const write = (path: string, text: string) => {
    const file = join(root, 'node_modules', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    utimesSync(file, new Date(), new Date(Math.random() * 1e12));
  };
  write('@duckdb/node-api/package.json', '{"version":"1.2.3"}');
  write('@duckdb/node-api/lib/index.js', 'api');
  write('@duckdb/node-api/lib/index.d.ts', 'types');
  write('@duckdb/node-bindings/duckdb.js', 'bindings');
  write('detect-libc/lib/detect-libc.js', 'libc');
  for (const platform of platforms) write(`@duckdb/node-bindings-${platform}/duckdb.node`, platform);
  return root;
};

const forLambda = (root: string) => join(root, 'dist', 'layers', 'duckdb.zip');
const forHere = (root: string) => join(root, 'dist', 'layers', 'local', 'duckdb.zip');
const textsOf = (file: string) =>
  Object.fromEntries(Object.entries(unzipSync(readFileSync(file))).map(([path, bytes]) => [path, strFromU8(bytes)]));

test('holds what runs, for Lambda with the library for Linux and for this machine with its own', async () => {
  const root = rootWith('linux-x64', 'darwin-arm64');
  await buildLayers(root, 'darwin-arm64');
  const shared = {
    'nodejs/node_modules/@duckdb/node-api/package.json': '{"version":"1.2.3"}',
    'nodejs/node_modules/@duckdb/node-api/lib/index.js': 'api',
    'nodejs/node_modules/@duckdb/node-bindings/duckdb.js': 'bindings',
    'nodejs/node_modules/detect-libc/lib/detect-libc.js': 'libc',
  };
  expect(textsOf(forLambda(root))).toEqual({
    ...shared,
    'nodejs/node_modules/@duckdb/node-bindings-linux-x64/duckdb.node': 'linux-x64',
  });
  expect(textsOf(forHere(root))).toEqual({
    ...shared,
    'nodejs/node_modules/@duckdb/node-bindings-darwin-arm64/duckdb.node': 'darwin-arm64',
  });
});

test('is the same to the byte wherever and whenever it is made, so that deploying again changes nothing', async () => {
  const [one, other] = [rootWith('linux-x64'), rootWith('linux-x64')];
  await buildLayers(one, 'linux-x64');
  await buildLayers(other, 'linux-x64');
  expect(readFileSync(forLambda(one)).equals(readFileSync(forLambda(other)))).toBe(true);
});

test('for Lambda is left out where its library is not installed; without the machine’s own nothing can be built', async () => {
  const root = rootWith('darwin-arm64');
  await buildLayers(root, 'darwin-arm64');
  expect(existsSync(forLambda(root))).toBe(false);
  expect(existsSync(forHere(root))).toBe(true);
  await expect(buildLayers(root, 'linux-arm64')).rejects.toThrow('npm install @duckdb/node-bindings-linux-arm64');
});
