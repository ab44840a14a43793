/**
 * Applying a recipe, to a table or to one row of a request. Both ways end in the same two functions that write a feature, so
 * that training and serving cannot differ by a bit. A level that no train row had becomes the feature `other` where there
 * is one, else all zeros; a missing cell of a text without a feature `missing` becomes all zeros.
 */
import { InputError } from '../../spec/errors.ts';
import { shown } from '../quote.ts';
import { type CategoricalFeature, type Feature, type NumericFeature, outputsOf, type Recipe } from './schema.ts';

export interface Step {
  feature: Feature;
  /** Where its first feature column is. */
  at: number;
  width: number;
  levels: Map<string, number>;
}

const plans = new WeakMap<Recipe, { steps: Step[]; width: number; inputs: Set<string> }>();

export const planOf = (recipe: Recipe) => {
  const known = plans.get(recipe);
  if (known) return known;
  let width = 0;
  const steps = recipe.features.map((feature) => {
    const step = { feature, at: width, width: outputsOf(feature).length, levels: levelsOf(feature) };
    width += step.width;
    return step;
  });
  const plan = { steps, width, inputs: new Set(recipe.inputs.map(({ name }) => name)) };
  plans.set(recipe, plan);
  return plan;
};

const levelsOf = (feature: Feature) =>
  new Map(feature.kind === 'categorical' ? feature.levels.map((level, index) => [level, index]) : []);

export const writeNumber = (out: Float64Array, at: number, feature: NumericFeature, value: number) => {
  const missing = Number.isNaN(value);
  out[at] = ((missing ? feature.impute : value) - feature.mean) / feature.scale;
  if (feature.missing) out[at + 1] = missing ? 1 : 0;
};

export const absent = -1;
export const unseen = -2;

/** `level` is a place in the feature's levels, `absent` or `unseen`; the features are zero before. */
export const writeLevel = (out: Float64Array, at: number, feature: CategoricalFeature, level: number) => {
  const { length } = feature.levels;
  if (level >= 0) out[at + level] = 1;
  else if (level === unseen && feature.other) out[at + length] = 1;
  else if (level === absent && feature.missing) out[at + length + (feature.other ? 1 : 0)] = 1;
};

export const notANumber = (column: string, value: string, where: string) =>
  new InputError({
    what: `${shown(value)} is not a finite number`,
    where: `column ${shown(column)}, ${where}`,
    expected: 'a number, as in the training file, or an empty cell (null) when it is not known',
    todo: 'Correct the value',
  });
