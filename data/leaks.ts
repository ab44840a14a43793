/** Columns that are the target in other words: with them a model learns nothing else, and fails where they are not known. */
import type { Dataset } from './dataset.ts';
import { quoted } from './engine.ts';
import { groupBy } from './groupBy.ts';
import { idLike } from './notes.ts';
import type { Grouped, TargetFacts } from './profile/groups.ts';
import type { ColumnProfile } from './profile/schema.ts';
import { shown } from './quote.ts';
import type { Target } from './target.ts';
import type { Keyed } from './values.ts';

/**
 * Reasons why columns of the batch are an exact image of the target, by their keys. Classes: every value (a missing cell is one
 * too) goes with one class and every class with one value. Regression: the target is an affine function of the column, to 1e-9
 * of its range.
 */
export const findLeaks = async (
  dataset: Dataset,
  batch: readonly Keyed[],
  grouped: Grouped,
  facts: TargetFacts,
): Promise<Map<number, string>> =>
  facts.target.classes
    ? imagesOf(dataset, grouped, facts.target)
    : affineOf(dataset, batch, grouped, facts.target.name);

const imagesOf = async ({ engine }: Dataset, grouped: Grouped, { name, classes = [] }: Target) => {
  const table =
    classes.length === 2
      ? `(SELECT k, v, p > 0 AS second, n FROM ${grouped.values} WHERE p = 0 OR p = n)`
      : grouped.classes;
  const label =
    classes.length === 2
      ? `CASE WHEN second THEN ${quoted(classes[1] ?? '')} ELSE ${quoted(classes[0] ?? '')} END`
      : 't';
  const all = classes.length === 2 ? grouped.values : grouped.classes;
  const found = await engine.rows<{ k: number; v: string | number | null; t: string | number }>(
    `SELECT k, v, ${label} AS t FROM ${table} WHERE k IN (SELECT k FROM ${all} GROUP BY k HAVING count(*) = ${classes.length})`,
  );
  const reasons = new Map<number, string>();
  for (const [key, pairs] of groupBy(found, ({ k }) => k)) {
    const [values, labels] = [new Set(pairs.map(({ v }) => v)), new Set(pairs.map(({ t }) => t))];
    if (values.size < classes.length || labels.size < classes.length) continue;
    const said = classes.slice(0, 3).map((label) => {
      const value = pairs.find(({ t }) => String(t) === label)?.v ?? null;
      return `${value === null ? 'missing' : shown(String(value))} is always ${shown(label)}`;
    });
    reasons.set(key, `one-to-one with the target ${shown(name)}: ${said.join(', ')}${classes.length > 3 ? ', …' : ''}`);
  }
  return reasons;
};

const affineOf = async ({ engine, rows }: Dataset, batch: readonly Keyed[], grouped: Grouped, name: string) => {
  if (rows < 3 || batch[0]?.column.type !== 'numeric') return new Map<number, string>();
  // The line through the labels at both ends; sums of what may overflow are compared, so that they cannot pass by being infinite.
  const lines = `SELECT k, min(v) AS x0, arg_min(low, v) AS y0, (arg_max(low, v) - arg_min(low, v)) / (max(v) - min(v)) AS slope, 1e-9 * (max(high) - min(low)) AS tolerance FROM ${grouped.all} GROUP BY k HAVING max(v) > min(v) AND count(v) = count(*)`;
  const held = await engine.rows<{ k: number; slope: number; offset: number }>(
    `SELECT k, any_value(slope) AS slope, any_value(y0 - slope * x0) AS "offset" FROM ${grouped.all} JOIN (${lines}) USING (k) GROUP BY k
      HAVING bool_and(abs(y0 + slope * (v - x0) - low) <= tolerance AND abs(y0 + slope * (v - x0) - high) <= tolerance)`,
  );
  return new Map(
    held.map(({ k, slope, offset }) => [
      k,
      `the target ${shown(name)} is ${Number(slope.toPrecision(6))} times it plus ${Number(offset.toPrecision(6))} in every row`,
    ]),
  );
};

/** From here on a column alone predicts the target nearly always; real features stay below. */
const nearlyAlways = 0.99;
/** Fewer rows in a bin, or of a class, may agree by chance. */
const fewestInBin = 10;
const fewestOfClass = 5;
const mostBins = { numeric: 21, categorical: 52 } as const;

/**
 * Why a column is suspected to know the target: alone it separates the classes (area under the ROC curve of at least 0.99) or
 * explains the numbers (0.99 of the variance, by its bins or by correlation). Undefined for ids and where rows are too few.
 */
export const suspectReason = (column: ColumnProfile, target: Target, rows: number): string | undefined => {
  const { distinct, missing, association, type } = column;
  const used = Math.min(mostBins[type], distinct + (missing > 0 ? 1 : 0));
  if (!association || used < 2 || rows < fewestInBin * used || idLike(column, rows)) return undefined;
  const { auc, strength, pearson = 0, spearman = 0 } = association;
  if (auc !== undefined)
    return auc >= nearlyAlways && Math.min(...(target.classCounts ?? [])) >= fewestOfClass
      ? `alone it predicts the target ${shown(target.name)} with an auc of ${cut(auc)}: is it known before the target is?`
      : undefined;
  const explained = Math.max(strength, pearson ** 2, spearman ** 2);
  return explained >= nearlyAlways
    ? `alone it explains ${cut(100 * explained)} % of the variance of the target ${shown(target.name)}: is it known before the target is?`
    : undefined;
};

/** Four digits, never rounded up to a whole that it is not. */
const cut = (value: number) => Math.floor(value * 1e4) / 1e4;
