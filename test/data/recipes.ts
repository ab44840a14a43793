/** Recipes of small files, and what they make of the rows. */
import { type Dataset } from '../../data/dataset.ts';
import { compileRecipe, fitRecipe, type CompileOptions, type FitOptions, type Recipe } from '../../data/recipe.ts';
import { splitView } from '../../data/split.ts';
import { textColumnsOf } from '../../spec/columnSettings.ts';
import { withRows, type PrepareOptions } from './datasets.ts';

export const fitText = (text: string, options: FitOptions = {}, reading: PrepareOptions = {}) =>
  withRows(text, { textColumns: textColumnsOf(options.overrides ?? {}), ...reading }, async ({ dataset, target }) =>
    fitRecipe(dataset, target, options),
  );

/** The features of every row as the queries make them, in the order of the file. */
export const featuresOf = async (
  recipe: Recipe,
  dataset: Dataset,
  options: CompileOptions = {},
): Promise<number[][]> => {
  const compiled = await compileRecipe(recipe, dataset, options);
  const columns = compiled.map(({ sql }, place) => `(${sql})::DOUBLE AS f${place}`);
  const rows: number[][] = [];
  for await (const chunk of dataset.engine.chunks(`SELECT ${columns.join(', ')} FROM ${splitView}`)) {
    const read = chunk.getColumns() as number[][];
    for (let row = 0; row < chunk.rowCount; row++) {
      const features: number[] = [];
      compiled.forEach((feature, place) => {
        const value = read[place]?.[row] ?? Number.NaN;
        if (feature.kind === 'number') features.push(value);
        else features.push(...(feature.values[value] ?? []));
      });
      rows.push(features);
    }
  }
  return rows;
};

export const fitAndApply = (text: string, options: FitOptions = {}, reading: PrepareOptions = {}) =>
  withRows(text, { textColumns: textColumnsOf(options.overrides ?? {}), ...reading }, async ({ dataset, target }) => {
    const recipe = await fitRecipe(dataset, target, options);
    return { recipe, features: await featuresOf(recipe, dataset) };
  });

export const small = 'size,colour,city,y\n1,red,,0.5\n2,blue,x,1.5\n,red,x,2.5\n9,,y,4.5\n3,blue,y,5.5\n';
