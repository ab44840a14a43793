/**
 * The /tmp of an execution environment: `<dataDir>/lambda/.tmp/<its own>`, given to the function as TMPDIR, which os.tmpdir()
 * reads. It is on the disk of the data folder; its size (EphemeralStorage) is not enforced. What a crash left goes with old
 * code at the next start (`pruneBundles`).
 */
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from '../../operation.ts';

export const makeTemporaryFolder = (world: World): string => {
  const folder = join(world.dataDir, 'lambda', '.tmp', world.ids.hex(8));
  mkdirSync(folder, { recursive: true });
  return folder;
};

export const removeTemporaryFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
