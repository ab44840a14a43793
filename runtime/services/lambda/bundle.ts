/**
 * Code on disk, by the sha256 of its zip: functions in `<dataDir>/lambda/<name>/<sha256>/`, layers in
 * `<dataDir>/lambda/.layers/<sha256>/` (no function's name begins with a dot). A zip is unpacked beside its place and then
 * renamed, so a folder that exists is whole.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { AwsError, type World } from '../../operation.ts';
import { zipEntries, type ZipEntry } from './zipFile.ts';

/** Lambda's quota for a function's code, unzipped, layers included: 250 MB. */
export const largestUnzipped = 262_144_000;

/** What the API and the quotas ask of a zip. */
export interface Unpacked {
  /** Base64, as the API has it. */
  codeSha256: string;
  /** Bytes of the zip. */
  codeSize: number;
  /** Bytes of its files. */
  unzippedSize: number;
}

const layersFolder = '.layers';

const folderOf = (world: World, parent: string, codeSha256: string): string =>
  join(world.dataDir, 'lambda', parent, Buffer.from(codeSha256, 'base64').toString('hex'));

/** The folder a function's code is unpacked to; `codeSha256` is base64, as the API has it. */
export const bundleFolder = folderOf;

/** The folder a layer is unpacked to, shared by all its versions of the same content. */
export const layerFolder = (world: World, codeSha256: string): string => folderOf(world, layersFolder, codeSha256);

/** Unpacks the zip of a function. Throws InvalidParameterValueException for what is no safe zip. */
export const unpackBundle = (world: World, name: string, zip: Uint8Array): Promise<Unpacked> =>
  unpack(world, name, zip);

/** Unpacks the zip of a layer. Throws InvalidParameterValueException for what is no safe zip. */
export const unpackLayer = (world: World, zip: Uint8Array): Promise<Unpacked> => unpack(world, layersFolder, zip);

const unpack = async (world: World, parent: string, zip: Uint8Array): Promise<Unpacked> => {
  const codeSha256 = createHash('sha256').update(zip).digest('base64');
  const folder = folderOf(world, parent, codeSha256);
  const files = filesOf(zip);
  if (!existsSync(folder)) {
    const building = `${folder}.${world.ids.hex(4)}`;
    try {
      for (const { path, content } of files) {
        const target = join(building, path);
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, await content(), { flag: 'wx' });
      }
      await markAsCommonJs(world);
      await rename(building, folder);
    } catch (error) {
      await rm(building, { recursive: true, force: true });
      if (!existsSync(folder)) throw unreadable(error);
    }
  }
  return { codeSha256, codeSize: zip.byteLength, unzippedSize: files.reduce((sum, { size }) => sum + size, 0) };
};

export const removeBundles = (world: World, name: string): Promise<void> =>
  rm(join(world.dataDir, 'lambda', name), { recursive: true, force: true });

/**
 * Removes what no function runs any more: older code, layers, what a crash left half unpacked, and the temporary folders of
 * environments that a crash ended. Only for the start of the service, when nothing is running yet.
 */
export const pruneBundles = async (
  world: World,
  functions: Iterable<{ name: string; codeSha256: string; layers?: readonly { codeSha256: string }[] }>,
  layerVersions: Iterable<{ codeSha256: string }>,
): Promise<void> => {
  const root = join(world.dataDir, 'lambda');
  if (!existsSync(root)) return;
  const used = new Set(Array.from(layerVersions, ({ codeSha256 }) => layerFolder(world, codeSha256)));
  for (const { name, codeSha256, layers = [] } of functions) {
    used.add(bundleFolder(world, name, codeSha256));
    for (const layer of layers) used.add(layerFolder(world, layer.codeSha256));
  }
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

const filesOf = (zip: Uint8Array): ZipEntry[] => {
  let entries: ZipEntry[];
  try {
    entries = zipEntries(zip);
  } catch (error) {
    throw unreadable(error);
  }
  const files = entries.filter(({ path }) => !path.endsWith('/'));
  if (files.length === 0)
    throw new AwsError('InvalidParameterValueException', 'Uploaded file must be a non-empty zip', 400, {
      Type: 'User',
    });
  if (files.reduce((sum, { size }) => sum + size, 0) > largestUnzipped)
    throw new AwsError(
      'InvalidParameterValueException',
      `Unzipped size must be smaller than ${largestUnzipped} bytes`,
      400,
      {
        Type: 'User',
      },
    );
  for (const { path } of files) if (!staysInside(path)) throw unreadable();
  return files;
};

/** An entry may not name a place outside the bundle ("zip slip"). */
const staysInside = (path: string) =>
  !path.startsWith('/') &&
  !/[\\\0:]/.test(path.replaceAll(sep, '/')) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/** Without it Node would read a package.json above the data folder and take a bundle's `.js` files for ES modules. */
const markAsCommonJs = async (world: World) => {
  const marker = join(world.dataDir, 'lambda', 'package.json');
  if (!existsSync(marker)) await writeFile(marker, '{"type":"commonjs"}\n');
};
