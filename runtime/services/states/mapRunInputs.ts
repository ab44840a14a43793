/** Inputs of the children of a map run that reads from S3: kept in a file, so that the objects may change while it is interrupted or before it is redriven. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildInput } from '../../asl/mapRun/batch.ts';
import type { MapRunOrder } from '../../asl/mapRun/order.ts';

export const keptInputs = (folder: string, order: MapRunOrder) => {
  const path = join(folder, `${order.name}.json`);
  return {
    async kept(): Promise<ChildInput[] | undefined> {
      if (!order.reader) return undefined;
      try {
        return JSON.parse(await readFile(path, 'utf8')) as ChildInput[];
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async keep(inputs: readonly ChildInput[]) {
      if (!order.reader) return;
      await mkdir(folder, { recursive: true });
      const file = await open(`${path}.new`, 'w');
      try {
        await file.writeFile(JSON.stringify(inputs));
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
    },
  };
};
