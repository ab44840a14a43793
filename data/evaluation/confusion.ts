import type { NamedConfusion } from '../../spec/evaluation.ts';

/** Classes that a report can show side by side. */
const most = 20;

/**
 * The confusion matrix with names, small enough for a report: of more than 21 classes the 20 with the most rows (of equals the
 * first), in label order, and all others as one.
 */
export const namedConfusion = (
  labels: Float64Array,
  predicted: ArrayLike<number>,
  classes: readonly string[],
): NamedConfusion => {
  const place = placesOf(labels, classes.length);
  const kept = classes.filter((_, index) => place[index]! < most || classes.length <= most + 1);
  const pooled = classes.length - kept.length;
  const width = kept.length + (pooled > 0 ? 1 : 0);
  const matrix = Array.from({ length: width }, () => Array.from({ length: width }, () => 0));
  for (let row = 0; row < labels.length; row++) matrix[place[labels[row]!]!]![place[predicted[row]!]!]! += 1;
  return { classes: pooled > 0 ? [...kept, `other (${pooled} classes)`] : kept, matrix, pooled };
};

/** The line of the matrix that each class goes to. */
const placesOf = (labels: Float64Array, classes: number): number[] => {
  const rows = Array.from({ length: classes }, () => 0);
  for (const label of labels) rows[label]! += 1;
  const bySize = [...rows.keys()].sort((a, b) => rows[b]! - rows[a]! || a - b);
  const kept = bySize.slice(0, classes <= most + 1 ? classes : most).sort((a, b) => a - b);
  const place = rows.map(() => most);
  for (const [at, index] of kept.entries()) place[index] = at;
  return place;
};
