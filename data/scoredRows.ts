/** What is published of scored rows: the user's own columns, and what the model says beside them. */
import type { Score } from '../algorithms/algorithm.ts';
import { predictionOf } from './recipe/answers.ts';
import type { Recipe } from './recipe/schema.ts';

/**
 * Names of what is added: the prediction, a probability for each class, the model's version, and why a row could not be scored. A name
 * that the user has taken gets a number behind it.
 */
export const addedColumns = (own: readonly string[], { classes = [] }: Recipe['target']): string[] => {
  const taken = new Set(own);
  const free = (name: string, number = 2): string => {
    if (!taken.has(name)) return name;
    const numbered = `${name}_${number}`;
    return taken.has(numbered) ? free(name, number + 1) : numbered;
  };
  return ['prediction', ...classes.map((label) => `probability_${label}`), 'model', 'rejected'].map((name) => {
    const found = free(name);
    taken.add(found);
    return found;
  });
};

/** The cells below `addedColumns`; `threshold` as the model was deployed with. */
export const scoredCells = (
  recipe: Pick<Recipe, 'target'>,
  score: Score,
  { model, threshold }: { model: string; threshold?: number | undefined },
): string[] => {
  const { prediction } = predictionOf(recipe, score, threshold);
  const probabilities = recipe.target.classes ? (typeof score === 'number' ? [1 - score, score] : [...score]) : [];
  return [String(prediction), ...probabilities.map(String), model, ''];
};

/** The same for a row that could not be scored. */
export const rejectedCells = ({ target: { classes = [] } }: Pick<Recipe, 'target'>, why: string): string[] => [
  '',
  ...classes.map(() => ''),
  '',
  why,
];
