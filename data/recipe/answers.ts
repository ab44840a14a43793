/** The recipe's way back: from what a model answers to what the user's file would say. */
import type { Score } from '../../algorithms/algorithm.ts';
import type { Recipe } from './schema.ts';

/** What the user's own file would say: the value of a regression, or the label of the class. */
export const labelOf = ({ target }: Pick<Recipe, 'target'>, score: Score, threshold = 0.5): string | number => {
  const { classes } = target;
  if (!classes) return Number(score);
  const place = typeof score === 'number' ? (score >= threshold ? 1 : 0) : score.indexOf(Math.max(...score));
  const label = classes[place] ?? '';
  return target.numeric ? Number(label) : label;
};

/** Options of `readTable` for a file of rows to predict, so that it is read as the training file was. */
export const readingFor = ({ inputs, target }: Recipe) => ({
  columns: inputs.map(({ name }) => name),
  mayLack: target.name,
  textColumns: inputs.filter(({ type }) => type === 'categorical').map(({ name }) => name),
});
