import type { Engine } from './engine.ts';
import { inSplit, splitView, type SplitName } from './split.ts';

/** Steps into which the range of the labels is cut: as fine as doubles are. */
const steps = 2 ** 53;

/**
 * The mean label of a split, to 1e-16 of the labels' range. It is the same bits whatever the order of the rows and the number of threads: whole
 * numbers of steps are added up, which is exact, and nothing is held for every row. The labels' range is that of 32-bit floats.
 */
export const meanLabel = async (engine: Engine, name: SplitName): Promise<number> => {
  const labels = `SELECT y FROM ${splitView} WHERE ${inSplit(name)}`;
  const [ends] = await engine.rows<{ low: number; high: number }>(
    `SELECT min(y) AS low, max(y) AS high FROM (${labels})`,
  );
  const { low = 0, high = 0 } = ends ?? {};
  const range = high - low;
  if (range === 0) return low;
  const [sum] = await engine.rows<{ steps: bigint; rows: bigint }>(
    `SELECT sum(round((y - '${low}'::DOUBLE) / '${range}'::DOUBLE * ${steps}::DOUBLE)::BIGINT) AS steps, count(*) AS rows FROM (${labels})`,
  );
  return low + range * (Number(sum?.steps ?? 0) / steps / Number(sum?.rows ?? 1));
};
