/** Is the challenger better than the champion? Both answered the same rows, so their difference is judged row by row. */
import type { Comparison } from '../../spec/evaluation.ts';
import { goodness } from '../../spec/goodness.ts';
import { type Answers, directionOf, sampleOf } from '../metrics.ts';
import { type BootstrapOptions, defaults, percentileInterval, replicate } from './bootstrap.ts';
import { deLong } from './deLong.ts';
import { normalCdf, normalQuantile } from './distributions.ts';

export interface ComparisonOptions extends BootstrapOptions {
  /** The gain that is to be exceeded, in units of the metric; default 0. */
  margin?: number;
}

/**
 * The gain of `challenger` over `champion` in one metric, positive when it is better, with an interval and the one-sided p of
 * "the gain is at most `margin`". DeLong's test for the area of two classes, else the paired bootstrap. `undefined` when the
 * metric is not defined for either. Throws RangeError when they did not answer the same labels.
 */
export const compare = (
  challenger: Answers,
  champion: Answers,
  metric: string,
  options: ComparisonOptions = {},
): Comparison | undefined => {
  const row = challenger.labels.findIndex((label, at) => label !== champion.labels[at]);
  if (challenger.labels.length !== champion.labels.length || row >= 0)
    throw new RangeError(
      `compare: the models answered other rows (${challenger.labels.length} and ${champion.labels.length} labels${row >= 0 ? `, first difference in row ${row + 1}` : ''})`,
    );
  const { margin = 0, level = defaults.level } = options;
  const direction = directionOf(metric);
  const models = [challenger, champion].map((answers) => ({ answers, metrics: sampleOf(answers).measure() }));
  const [own, other] = models.map(({ metrics }) => metrics[metric]);
  if (own === undefined || other === undefined) return undefined;
  const gain = goodness(own, direction) - goodness(other, direction);
  const base = { metric, challenger: own, champion: other, gain, margin, level };
  if (metric === 'auc' && challenger.problem === 'binary') {
    const areas = deLong(challenger.labels, [challenger.scores, champion.scores]);
    return areas && { ...base, ...normalTest(gain, margin, level, deviationOf(areas.covariance)), method: 'DeLong' };
  }
  const gains = replicate(models, options).flatMap(([a, b]) => {
    const [mine, theirs] = [a?.[metric], b?.[metric]];
    return mine === undefined || theirs === undefined ? [] : [goodness(mine, direction) - goodness(theirs, direction)];
  });
  if (gains.length === 0) return undefined;
  return {
    ...base,
    ...percentileInterval(gains, level),
    // One is added to both, so that no number of replicates claims certainty (Davison & Hinkley 1997, 4.2.3).
    p: (gains.filter((it) => it <= margin).length + 1) / (gains.length + 1),
    method: 'bootstrap',
  };
};

/** The deviation of the difference; rounding leaves a little of what is none. */
const deviationOf = (covariance: readonly number[][]): number => {
  const [a = 0, both = 0, , b = 0] = covariance.flat();
  const variance = a + b - 2 * both;
  return variance <= 1e-14 * (a + b) ? 0 : Math.sqrt(variance);
};

const normalTest = (gain: number, margin: number, level: number, deviation: number) => {
  const reach = normalQuantile((1 + level) / 2) * deviation;
  const certain = gain > margin ? 0 : 1;
  return {
    lower: gain - reach,
    upper: gain + reach,
    deviation,
    p: deviation === 0 ? certain : normalCdf((margin - gain) / deviation),
  };
};
