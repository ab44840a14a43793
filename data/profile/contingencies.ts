import type { Dataset } from '../dataset.ts';
import { groupBy } from '../groupBy.ts';
import type { Contingency } from './association.ts';
import type { Grouped } from './groups.ts';

/** Rows of each class in each bin of every column, by its key; `binned` tells the bin of a value: (k, v, bin). */
export const contingencies = async (
  { engine }: Dataset,
  grouped: Pick<Grouped, 'classes'>,
  classes: readonly string[],
  binned: string,
): Promise<Map<number, Contingency>> => {
  if (classes.length === 2) {
    const pairs = await engine.rows<{ k: number; misses: number; hits: number }>(
      `SELECT k, sum(n - p) AS misses, sum(p) AS hits FROM ${binned} GROUP BY k, bin ORDER BY k, bin`,
    );
    const byKey = groupBy(pairs, ({ k }) => k);
    return new Map([...byKey].map(([key, found]) => [key, found.map(({ misses, hits }) => [misses, hits])]));
  }
  const found = await engine.rows<{ k: number; bin: number; t: string | number; n: number }>(
    `SELECT k, bin, t, sum(g.n) AS n FROM ${grouped.classes} AS g JOIN ${binned} AS b USING (k) WHERE g.v IS NOT DISTINCT FROM b.v GROUP BY ALL ORDER BY k, bin`,
  );
  const place = new Map(classes.map((label, at) => [label, at]));
  const tables = new Map<number, Map<number, number[]>>();
  for (const { k, bin, t, n } of found) {
    const table = tables.get(k) ?? new Map<number, number[]>();
    const row = table.get(bin) ?? classes.map(() => 0);
    const label = place.get(String(t));
    if (label !== undefined) row[label] = n;
    tables.set(k, table.set(bin, row));
  }
  return new Map([...tables].map(([key, table]) => [key, [...table.values()]]));
};
