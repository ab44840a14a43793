import type { Importance } from '../../spec/evaluation.ts';
import { goodness } from '../../spec/goodness.ts';
import { directionOf } from '../metrics.ts';

/**
 * Permutation importance (Breiman 2001): how much worse `metric` got, from its value on the untouched rows and its values on
 * copies in which one feature was shuffled, several times each. The most important first.
 */
export const permutationImportance = (
  metric: string,
  base: number,
  shuffled: Readonly<Record<string, readonly number[]>>,
): Importance[] => {
  const direction = directionOf(metric);
  return Object.entries(shuffled)
    .filter(([, values]) => values.length > 0)
    .map(([feature, values]) => {
      const losses = values.map((value) => goodness(base, direction) - goodness(value, direction));
      const importance = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      const squares = losses.reduce((sum, loss) => sum + (loss - importance) ** 2, 0);
      return { feature, importance, deviation: Math.sqrt(squares / Math.max(1, losses.length - 1)) };
    })
    .sort((a, b) => b.importance - a.importance);
};
