/**
 * The recipe: what preparation learned from the train rows, as plain JSON. The same recipe makes the training files and,
 * row by row, the input of every later prediction. One recipe serves every algorithm: numbers are filled with the median,
 * marked where they were missing and standardised (trees do not mind, linear models need it); texts become one column per level,
 * dates their parts, and what the pipeline says for a column goes before.
 */
export { applyRow, type RawRow } from './recipe/applyRow.ts';
export { labelOf, type Prediction, predictionOf, readingFor } from './recipe/answers.ts';
export { compileRecipe, type CompileOptions } from './recipe/compile.ts';
export type { CompiledFeature } from './recipe/compiled.ts';
export { fitRecipe, type FitOptions, type KnownColumns } from './recipe/fit.ts';
export { type Feature, outputsOf, type Recipe, recipeSchema } from './recipe/schema.ts';
