/** Columns by whose values the held-out rows are looked at apart. */
import { rowsView, type Dataset } from './dataset.ts';
import { quoted } from './engine.ts';
import type { Profile } from './profile.ts';
import type { CompiledFeature } from './recipe/compiled.ts';

/** A column with the values that are told apart: its most frequent ones. */
export interface SlicedColumn {
  column: string;
  names: string[];
}

/** Most values of one column that are told apart. */
const mostValues = 50;
/** Columns nobody asked for are looked at when they have few values, and only the first of them. */
const fewValues = 10;
const mostUnasked = 8;

/**
 * The columns that `asked` names, and the first categorical ones of at most ten values; with each a feature that is the place of
 * the row's value in `names`, or as many as there are names where the value is another one.
 */
export const sliceBy = async (
  dataset: Dataset,
  {
    asked,
    ignore,
    profile,
  }: { asked: readonly string[]; ignore: readonly string[]; profile: Pick<Profile, 'columns'> },
): Promise<{ columns: SlicedColumn[]; features: CompiledFeature[] }> => {
  const columns: SlicedColumn[] = [];
  const features: CompiledFeature[] = [];
  let unasked = 0;
  const distinct = new Map(profile.columns.map((column) => [column.name, column.distinct]));
  for (const { name, sql, type } of dataset.columns) {
    const wanted = asked.includes(name);
    if (!wanted && (type === 'numeric' || ignore.includes(name) || unasked >= mostUnasked)) continue;
    const different = distinct.get(name) ?? 0;
    if (!wanted && (different < 2 || different > fewValues)) continue;
    const values = await dataset.engine.rows<{ value: string | number }>(
      `SELECT ${sql} AS value FROM ${rowsView} WHERE ${sql} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${mostValues}`,
    );
    if (!wanted) unasked++;
    const literals = values.map(({ value }) => (typeof value === 'number' ? `${value}::DOUBLE` : quoted(value)));
    columns.push({ column: name, names: values.map(({ value }) => String(value)) });
    features.push({
      kind: 'levels',
      sql: `coalesce(list_position([${literals.join(', ')}], ${sql}), ${values.length + 1}) - 1`,
      values: [...values.keys(), values.length].map((place) => [place]),
    });
  }
  return { columns, features };
};
