import * as z from 'zod';

const numericFeature = z.strictObject({
  column: z.string(),
  kind: z.literal('numeric'),
  /** Takes the place of a missing cell: the median. */
  impute: z.number(),
  /** The feature is (value - mean) / scale. */
  mean: z.number(),
  scale: z.number().positive(),
  /** Whether a second feature is 1 where the cell is missing. */
  missing: z.boolean(),
});

const categoricalFeature = z.strictObject({
  column: z.string(),
  kind: z.literal('categorical'),
  /** One feature per level, 1 where the cell is that level. */
  levels: z.array(z.string()),
  /** Whether a further feature is 1 for every other level. */
  other: z.boolean(),
  /** Whether a further feature is 1 where the cell is missing. */
  missing: z.boolean(),
});

export type NumericFeature = z.infer<typeof numericFeature>;
export type CategoricalFeature = z.infer<typeof categoricalFeature>;

export const recipeSchema = z.strictObject({
  version: z.literal(1),
  target: z.strictObject({
    name: z.string(),
    problem: z.enum(['binary', 'multiclass', 'regression']),
    classes: z.array(z.string()).min(2).optional(),
    /** Whether the file holds numbers in this column. */
    numeric: z.boolean(),
    reason: z.string(),
  }),
  /** All columns of the file in its order. */
  inputs: z.array(z.strictObject({ name: z.string(), type: z.enum(['numeric', 'categorical']) })),
  features: z.array(z.discriminatedUnion('kind', [numericFeature, categoricalFeature])),
  /** Columns that are not used, and why. */
  dropped: z.array(z.strictObject({ column: z.string(), reason: z.string() })),
  /** Names of the feature columns in order. */
  outputs: z.array(z.string()),
});

export type Recipe = z.infer<typeof recipeSchema>;
export type Feature = Recipe['features'][number];

/** The names of the feature columns that one input column becomes. */
export const outputsOf = (feature: Feature): string[] => [
  ...(feature.kind === 'numeric' ? [feature.column] : feature.levels.map((level) => `${feature.column}=${level}`)),
  ...(feature.kind === 'categorical' && feature.other ? [`${feature.column} (other)`] : []),
  ...(feature.missing ? [`${feature.column} (missing)`] : []),
];
