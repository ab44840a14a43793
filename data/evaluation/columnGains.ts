import type { SplitGain } from '../../algorithms/algorithm.ts';
import type { ColumnGain } from '../../spec/evaluation.ts';
import { outputsOf, type Recipe } from '../recipe/schema.ts';

/**
 * What the splits on all features that a column became gained together, the largest gain first. Throws RangeError when the model
 * has features that the recipe does not make.
 */
export const columnGains = (
  gains: ReadonlyMap<number, SplitGain>,
  { features, target }: Pick<Recipe, 'features' | 'target'>,
): ColumnGain[] => {
  const columnOf = features.flatMap((feature) => outputsOf(feature, target).map(() => feature.column));
  const byColumn = new Map<string, SplitGain>();
  for (const [feature, { gain, splits }] of [...gains].toSorted(([a], [b]) => a - b)) {
    const column = columnOf[feature];
    if (column === undefined)
      throw new RangeError(`the model splits on feature ${feature}, but the recipe makes ${columnOf.length}`);
    const before = byColumn.get(column) ?? { gain: 0, splits: 0 };
    byColumn.set(column, { gain: before.gain + gain, splits: before.splits + splits });
  }
  return [...byColumn]
    .map(([feature, own]) => ({ feature, ...own }))
    .sort((a, b) => b.gain - a.gain || b.splits - a.splits);
};
