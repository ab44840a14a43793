// The Lambda layer of DuckDB: its JavaScript with the native library of one platform. Packing takes seconds, so a layer is
// kept under .sluice by version and platform. It is packed in JavaScript, because zlib's bytes change with Node's version:
// the same packages are the same layer on every machine.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';

const scope = (root) => join(root, 'node_modules', '@duckdb');

/** Where Lambda's functions run; serverless.yml gives the functions that have the layer this architecture. */
const lambdaPlatform = 'linux-x64';

/** As the packages of the native libraries are named. */
const ownPlatform = () => {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return name;
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime ? name : `${name}-musl`;
};

const isRunning = (path) => !/\.(d\.ts|map|md)$/.test(path);

/** The running files of a package by their place in a layer. The date is the first that a zip can hold. */
const filesOf = (root, name) => {
  const folder = join(root, 'node_modules', name);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isRunning(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((file) => [
      `nodejs/node_modules/${name}/${file.slice(folder.length + 1).replaceAll('\\', '/')}`,
      [readFileSync(file), { level: 1, mtime: new Date(1980, 0, 1), os: 3, attrs: 0o100644 << 16 }],
    ]);
};

/** The packed layer for a platform; undefined where its native library is not installed. */
const packed = async (root, platform) => {
  const binding = `@duckdb/node-bindings-${platform}`;
  if (!existsSync(join(root, 'node_modules', binding))) return undefined;
  const { version } = JSON.parse(readFileSync(join(scope(root), 'node-api', 'package.json'), 'utf8'));
  const layer = join(root, '.sluice', 'layers', `duckdb-${version}-${platform}.zip`);
  if (existsSync(layer)) return layer;
  const packages = ['@duckdb/node-api', '@duckdb/node-bindings', binding, 'detect-libc'];
  await mkdir(dirname(layer), { recursive: true });
  await writeFile(
    `${layer}.${process.pid}`,
    zipSync(Object.fromEntries(packages.flatMap((name) => filesOf(root, name)))),
  );
  await rename(`${layer}.${process.pid}`, layer);
  return layer;
};

/** Makes dist/layers/duckdb.zip, for Lambda, and dist/layers/local/duckdb.zip, for the runtime on this machine. */
export const buildLayers = async (root, own = ownPlatform()) => {
  const places = { [join('dist', 'layers')]: lambdaPlatform, [join('dist', 'layers', 'local')]: own };
  for (const [place, platform] of Object.entries(places)) {
    const layer = await packed(root, platform);
    // Without the library for Lambda there is only no deployment, and packaging for one says so.
    if (!layer && platform === own)
      throw new Error(`DuckDB's library for this machine is missing: npm install @duckdb/node-bindings-${own}`);
    if (!layer) continue;
    await mkdir(join(root, place), { recursive: true });
    await copyFile(layer, join(root, place, 'duckdb.zip'));
  }
};
