// One esbuild call per kind of output: Lambda bundles (self-contained but for what is in a layer), and the CLI with its worker
// entries.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildLayers } from './layers.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const requireBanner =
  "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);";
const shared = { absWorkingDir: root, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' };

/** Every file of functions/, functions/api/ and functions/triggers/ is one Lambda; lib/ is not. */
const lambdaEntries = () =>
  Object.fromEntries(
    ['', 'api/', 'triggers/'].flatMap((folder) => {
      const dir = join(root, 'functions', folder);
      if (!existsSync(dir)) return [];
      return readdirSync(dir)
        .filter((name) => name.endsWith('.ts'))
        .map((name) => [`functions/${folder}${name.slice(0, -3)}/index`, `functions/${folder}${name}`]);
    }),
  );

/** What stays in node_modules: all but what takes a command most of its start, hundreds of CommonJS files of the SDK. */
const hostPackages = () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !/^(@aws-sdk\/|zod$)/.test(name));
};

/** Files that Node itself starts: the CLI and the worker-thread entries. */
const hostEntries = () =>
  Object.fromEntries(
    [
      'cli/main',
      'cli/packageService',
      'algorithms/container',
      'runtime/services/lambda/sandbox',
      'runtime/services/lambda/runtimeWatch',
      'bench/engine',
      'bench/train',
      'bench/prepare',
      'bench/prepareWork',
    ].flatMap((name) => (existsSync(join(root, `${name}.ts`)) ? [[name, `${name}.ts`]] : [])),
  );

export const buildAll = async () => {
  await rm(join(root, 'dist'), { recursive: true, force: true });
  const lambdas = lambdaEntries();
  const hosts = hostEntries();
  await Promise.all([
    buildLayers(root),
    Object.keys(lambdas).length > 0 &&
      build({
        ...shared,
        entryPoints: lambdas,
        outdir: 'dist',
        outExtension: { '.js': '.mjs' },
        target: 'node22',
        minify: true,
        keepNames: true,
        // The SDK's ES modules lose what a function does not use, its CommonJS is kept whole: half the bytes, half the cold start.
        mainFields: ['module', 'main'],
        banner: { js: requireBanner },
        external: ['@duckdb/*'],
      }),
    Object.keys(hosts).length > 0 &&
      build({
        ...shared,
        entryPoints: hosts,
        outdir: 'dist',
        outExtension: { '.js': '.mjs' },
        target: 'node20.19',
        mainFields: ['module', 'main'],
        banner: { js: requireBanner },
        external: ['@duckdb/*', ...hostPackages()],
        splitting: true,
        sourcemap: true,
      }),
  ]);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
