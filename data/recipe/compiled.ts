/**
 * A recipe as queries see it. A `number` is one DOUBLE of every row. `levels` are an integer from 0 on, the row of `values` that
 * holds the features for it: a column of few values costs a query one small number, however many features it becomes.
 */
export type CompiledFeature =
  { kind: 'number'; sql: string } | { kind: 'levels'; sql: string; values: readonly (readonly number[])[] };

/** How many features it becomes. */
export const widthOf = (feature: CompiledFeature): number =>
  feature.kind === 'number' ? 1 : (feature.values[0]?.length ?? 0);
