/** Answers that can be measured again and again under other weights of their rows, as a bootstrap does. */

export type Metrics = Record<string, number>;

export interface Sample {
  /**
   * The metrics when row i counts `weights[i]` times (whole numbers from 0 on); without weights every row counts once.
   * A metric that is not defined is absent; none is NaN.
   */
  measure(weights?: Float64Array): Metrics;
}

/** A division by zero counts as 0, as scikit-learn's `zero_division=0`. */
export const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

/** Keeps a logarithm finite, as scikit-learn does. */
export const clip = (probability: number) => Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON);
