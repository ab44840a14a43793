/** Inputs of the children of a map run that reads from S3: kept in a file, so that the objects may change while it is interrupted or before it is redriven. */
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildInput } from '../../asl/mapRun/batch.ts';
import type { MapRunOrder } from '../../asl/mapRun/order.ts';

/** Lines are written together: as many as make a piece of this many characters. */
const pieceLength = 65_536;

function* linesOf(inputs: readonly ChildInput[]): Generator<string> {
  let piece = '';
  for (const input of inputs) {
    piece += `${JSON.stringify(input)}\n`;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

export const keptInputs = (folder: string, order: MapRunOrder) => {
  const path = join(folder, `${order.name}.jsonl`);
  return {
    async kept(): Promise<ChildInput[] | undefined> {
      if (!order.reader) return undefined;
      try {
        const file = await open(path);
        const inputs: ChildInput[] = [];
        for await (const line of file.readLines()) inputs.push(JSON.parse(line) as ChildInput);
        return inputs;
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
        await file.writeFile(linesOf(inputs));
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
    },
  };
};
