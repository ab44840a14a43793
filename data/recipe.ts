/**
 * The recipe: what preparation learned from the train rows, as plain JSON. The same recipe makes the training files and,
 * row by row, the input of every later prediction. One recipe serves every algorithm: numbers are filled with the median,
 * marked where they were missing and standardised (trees do not mind, linear models need it); texts become one column per level.
 */
export { applyRecipe, type Matrix } from './recipe/applyTable.ts';
export { applyRow, type RawRow } from './recipe/applyRow.ts';
export { fitRecipe, type FitOptions } from './recipe/fit.ts';
export { labelOf, type Prediction, predictionOf, readingFor } from './recipe/answers.ts';
export { type Feature, outputsOf, type Recipe, recipeSchema } from './recipe/schema.ts';
