import * as z from 'zod';
import { dateParts } from '../../spec/columnSettings.ts';

const missing = z.boolean();

/** The feature is (t(x) - mean) / scale, where t clips first and then takes the logarithm, and x is `impute` where it is missing. */
const numericFeature = z.strictObject({
  column: z.string(),
  kind: z.literal('numeric'),
  /** Takes the place of a missing cell. */
  impute: z.number(),
  /** Values beyond are set to the bound. */
  clip: z.tuple([z.number(), z.number()]).optional(),
  /** Whether t(x) = sign(x) · ln(1 + |x|). */
  log: z.boolean(),
  mean: z.number(),
  scale: z.number().positive(),
  /** Whether a second feature is 1 where the cell is missing. */
  missing,
});

const categoricalFeature = z.strictObject({
  column: z.string(),
  kind: z.literal('categorical'),
  /** One feature per level, 1 where the cell is that level. */
  levels: z.array(z.string()),
  /** Whether a further feature is 1 for every other level. */
  other: z.boolean(),
  /** Whether a further feature is 1 where the cell is missing. */
  missing,
});

/** The first level is 0, the last 1, those between at even distances; a missing or another level is 0.5. */
const ordinalFeature = z.strictObject({
  column: z.string(),
  kind: z.literal('ordinal'),
  /** In their order. */
  levels: z.array(z.string()).min(2),
  other: z.boolean(),
  missing,
});

/**
 * What the target is on average for a level: (sum + smoothing · prior) / (rows + smoothing). For a regression in standard
 * deviations from the mean, for classes the share of each class but the first. A missing or another level is the prior.
 */
const targetFeature = z.strictObject({
  column: z.string(),
  kind: z.literal('target'),
  levels: z.array(z.string()),
  /** By level. */
  values: z.array(z.array(z.number())),
  prior: z.array(z.number()).min(1),
  smoothing: z.number().min(0),
  /** By `fold` (of `splitView`) and level: the values for the train rows of the fold, learned from the others. */
  folds: z.array(z.array(z.array(z.number()))).min(2),
  missing,
});

/**
 * Year and epochDay (days since 1970-01-01) are standardised, 0 where missing; all others, counted from 0, are an angle, of which sine
 * and cosine are taken (both 0 where missing), so that December is beside January.
 */
const dateFeature = z.strictObject({
  column: z.string(),
  kind: z.literal('date'),
  parts: z.array(z.strictObject({ part: z.enum(dateParts), mean: z.number(), scale: z.number().positive() })).min(1),
  missing,
});

export type NumericFeature = z.infer<typeof numericFeature>;
export type CategoricalFeature = z.infer<typeof categoricalFeature>;
export type OrdinalFeature = z.infer<typeof ordinalFeature>;
export type TargetFeature = z.infer<typeof targetFeature>;
export type DateFeature = z.infer<typeof dateFeature>;
/** The kinds that know a cell by its text. */
export type LevelsFeature = CategoricalFeature | OrdinalFeature | TargetFeature;

const around = {
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
  /** Columns that are not used, and why. */
  dropped: z.array(z.strictObject({ column: z.string(), reason: z.string() })),
  /** Names of the feature columns in order. */
  outputs: z.array(z.string()),
};

const version2 = z.strictObject({
  version: z.literal(2),
  ...around,
  features: z.array(
    z.discriminatedUnion('kind', [numericFeature, categoricalFeature, ordinalFeature, targetFeature, dateFeature]),
  ),
  /** By class, as given; balanced: rows of train / (classes · rows of the class). */
  classWeights: z.array(z.number().positive()).optional(),
});

/** What deployed models were trained with before there were other kinds of features. */
const version1 = z.strictObject({
  version: z.literal(1),
  ...around,
  features: z.array(z.discriminatedUnion('kind', [numericFeature.omit({ clip: true, log: true }), categoricalFeature])),
});

export type Recipe = z.infer<typeof version2>;
export type Feature = Recipe['features'][number];

/** Reads a recipe of any version. */
export const recipeSchema = z.discriminatedUnion('version', [version1, version2]).transform((recipe): Recipe => {
  if (recipe.version === 2) return recipe;
  const features = recipe.features.map((feature) =>
    feature.kind === 'numeric' ? { ...feature, log: false } : feature,
  );
  return { ...recipe, version: 2, features };
});

/** The names of the feature columns that one input column becomes. */
export const outputsOf = (
  feature: Feature,
  { classes = [] }: { classes?: readonly string[] | undefined },
): string[] => [
  ...namesOf(feature, classes),
  ...('other' in feature && feature.other ? [`${feature.column} (other)`] : []),
  ...(feature.missing ? [`${feature.column} (missing)`] : []),
];

const namesOf = (feature: Feature, classes: readonly string[]): string[] => {
  const { column, kind } = feature;
  if (kind === 'categorical') return feature.levels.map((level) => `${column}=${level}`);
  if (kind === 'target')
    return feature.prior.length === 1
      ? [`${column} (target)`]
      : feature.prior.map((_, place) => `${column} (target ${classes[place + 1] ?? place + 1})`);
  if (kind === 'date')
    return feature.parts.flatMap(({ part }) =>
      isLinear(part) ? [`${column} (${part})`] : [`${column} (${part} sin)`, `${column} (${part} cos)`],
    );
  return [column];
};

/** Whether a part of a date goes on and on, and does not begin anew. */
export const isLinear = (part: DateFeature['parts'][number]['part']): part is 'year' | 'epochDay' =>
  part === 'year' || part === 'epochDay';
