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

// A type, not an interface, so that it passes for the record whose members callers list.
/** One answer: the prediction, and for classes how probable it and the others are. */
export type Prediction = {
  prediction: string | number;
  /** Of the positive class (binary) or of the predicted class (multiclass). */
  probability?: number;
  /** By class label (multiclass). */
  probabilities?: Record<string, number>;
};

/** What a prediction request is answered for one row. */
export const predictionOf = (recipe: Pick<Recipe, 'target'>, score: Score, threshold?: number): Prediction => {
  const prediction = labelOf(recipe, score, threshold);
  const { classes } = recipe.target;
  if (!classes) return { prediction };
  if (typeof score === 'number') return { prediction, probability: score };
  const probabilities = Object.fromEntries(classes.map((label, index) => [label, score[index] ?? 0]));
  return { prediction, probability: Math.max(...score), probabilities };
};

/** Options of `readTable` for a file of rows to predict, so that it is read as the training file was. */
export const readingFor = ({ inputs, target }: Recipe) => ({
  columns: inputs.map(({ name }) => name),
  mayLack: target.name,
  textColumns: inputs.filter(({ type }) => type === 'categorical').map(({ name }) => name),
});
