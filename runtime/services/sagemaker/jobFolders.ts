/** Folders of jobs, below the data folder: made when a job starts, gone when it ends. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from '../../operation.ts';

type Kind = 'training' | 'transform';

/** The folder of one job; names are letters, digits and hyphens, told apart without regard to case. */
export const jobFolder = ({ dataDir }: World, kind: Kind, name: string): string =>
  join(dataDir, 'sagemaker', kind, name.toLowerCase());

/** Removes what a crash left of jobs that have ended. */
export const sweepFolders = async (world: World, kind: Kind, isLiving: (name: string) => boolean): Promise<void> => {
  const parent = join(world.dataDir, 'sagemaker', kind);
  for (const name of await readdir(parent).catch(() => []))
    if (!isLiving(name)) await rm(join(parent, name), { recursive: true, force: true });
};
