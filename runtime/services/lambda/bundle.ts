/**
 * A function's code on disk: `<dataDir>/lambda/<name>/<sha256 of the zip>/`. A bundle is unpacked beside its place and then
 * renamed, so a folder that exists is whole.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { unzipSync } from 'fflate';
import { AwsError, type World } from '../../operation.ts';

/** Lambda's quota for a deployment package: 250 MB unzipped, layers included. */
const largestUnzipped = 262_144_000;

/** The folder a function's code is unpacked to; `codeSha256` is base64, as the API has it. */
export const bundleFolder = (world: World, name: string, codeSha256: string): string =>
  join(world.dataDir, 'lambda', name, Buffer.from(codeSha256, 'base64').toString('hex'));

/** Unpacks a zip; returns what the API tells of it. Throws InvalidParameterValueException for what is no safe zip. */
export const unpackBundle = async (
  world: World,
  name: string,
  zip: Uint8Array,
): Promise<{ codeSha256: string; codeSize: number }> => {
  const codeSha256 = createHash('sha256').update(zip).digest('base64');
  const folder = bundleFolder(world, name, codeSha256);
  if (!existsSync(folder)) {
    const files = readZip(zip);
    const building = `${folder}.${world.ids.hex(4)}`;
    try {
      for (const [path, content] of files) {
        const target = join(building, path);
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, content, { flag: 'wx' });
      }
      await markAsCommonJs(world);
      await rename(building, folder);
    } catch (error) {
      await rm(building, { recursive: true, force: true });
      if (!existsSync(folder)) throw unreadable(error);
    }
  }
  return { codeSha256, codeSize: zip.byteLength };
};

export const removeBundles = (world: World, name: string): Promise<void> =>
  rm(join(world.dataDir, 'lambda', name), { recursive: true, force: true });

/**
 * Removes what no function runs any more: older code, and what a crash left half unpacked. Only for the start of the service,
 * when nothing is running yet.
 */
export const pruneBundles = async (
  world: World,
  functions: Iterable<{ name: string; codeSha256: string }>,
): Promise<void> => {
  const root = join(world.dataDir, 'lambda');
  if (!existsSync(root)) return;
  const used = new Set(Array.from(functions, ({ name, codeSha256 }) => bundleFolder(world, name, codeSha256)));
  for (const name of await readdir(root, { withFileTypes: true }))
    for (const version of name.isDirectory() ? await readdir(join(root, name.name)) : []) {
      const folder = join(root, name.name, version);
      if (!used.has(folder)) await rm(folder, { recursive: true, force: true });
    }
};

const unreadable = (cause?: unknown) => {
  const error = new AwsError(
    'InvalidParameterValueException',
    'Could not unzip uploaded file. Please check your file, then try to upload again.',
    400,
    { Type: 'User' },
  );
  error.cause = cause;
  return error;
};

const readZip = (zip: Uint8Array): [string, Uint8Array][] => {
  let unzipped = 0;
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(zip, {
      filter: ({ originalSize }) => {
        unzipped += originalSize;
        if (unzipped > largestUnzipped) throw tooLarge();
        return true;
      },
    });
  } catch (error) {
    throw error instanceof AwsError ? error : unreadable(error);
  }
  const files = Object.entries(entries).filter(([path]) => !path.endsWith('/'));
  if (files.length === 0)
    throw new AwsError('InvalidParameterValueException', 'Uploaded file must be a non-empty zip', 400, {
      Type: 'User',
    });
  for (const [path] of files) if (!staysInside(path)) throw unreadable();
  return files;
};

/** An entry may not name a place outside the bundle ("zip slip"). */
const staysInside = (path: string) =>
  !path.startsWith('/') &&
  !/[\\\0:]/.test(path.replaceAll(sep, '/')) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

const tooLarge = () =>
  new AwsError('InvalidParameterValueException', `Unzipped size must be smaller than ${largestUnzipped} bytes`, 400, {
    Type: 'User',
  });

/** Without it Node would read a package.json above the data folder and take a bundle's `.js` files for ES modules. */
const markAsCommonJs = async (world: World) => {
  const marker = join(world.dataDir, 'lambda', 'package.json');
  if (!existsSync(marker)) await writeFile(marker, '{"type":"commonjs"}\n');
};
