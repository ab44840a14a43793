import type { FoldSummary } from '../../spec/evaluation.ts';
import { tQuantile } from './distributions.ts';

export interface FoldOptions {
  /** Default 0.95. */
  level?: number;
  /**
   * For repeated k-fold: rows tested by rows trained on in one fold, 1 / (k - 1). The variance is then multiplied by
   * 1/values + ratio instead of 1/values (Nadeau & Bengio 2003), because folds that share training rows are not independent.
   */
  testByTrain?: number;
}

/** Mean, sample deviation and t interval of a metric over folds. `undefined` for fewer than two values. */
export const summariseFolds = (
  values: readonly number[],
  { level = 0.95, testByTrain }: FoldOptions = {},
): FoldSummary | undefined => {
  const { length } = values;
  if (length < 2) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (length - 1));
  const reach = tQuantile((1 + level) / 2, length - 1) * deviation * Math.sqrt(1 / length + (testByTrain ?? 0));
  return {
    values: [...values],
    mean,
    deviation,
    lower: mean - reach,
    upper: mean + reach,
    level,
    corrected: testByTrain !== undefined,
  };
};
