/** From which probability on class 1 is answered. */
import type { ThresholdChoice, ThresholdCriterion, ThresholdCurve } from '../../spec/evaluation.ts';
import { evaluate } from '../metrics.ts';
import { ratio } from '../metrics/sample.ts';
import { type Steps, stepsOf } from './steps.ts';

/** Right and wrong answers at one threshold. */
interface Outcome {
  truePositives: number;
  falsePositives: number;
  positives: number;
  negatives: number;
}

/** What is to be largest, of the outcomes that meet the demand; or, when none does, what comes nearest to it. */
interface Goal {
  worth: (outcome: Outcome) => number;
  demand?: (outcome: Outcome) => boolean;
  instead?: (outcome: Outcome) => number;
}

const precision = ({ truePositives, falsePositives }: Outcome) => ratio(truePositives, truePositives + falsePositives);
const recall = ({ truePositives, positives }: Outcome) => ratio(truePositives, positives);
const missed = ({ truePositives, positives }: Outcome) => positives - truePositives;

const named: Record<Extract<ThresholdCriterion, string>, Goal> = {
  f1: {
    worth: (it) => ratio(2 * it.truePositives, it.positives + it.truePositives + it.falsePositives),
  },
  // Times positives and negatives, so that equals are equal to the last bit.
  youden: { worth: (it) => it.truePositives * it.negatives - it.falsePositives * it.positives },
  accuracy: { worth: (it) => -missed(it) - it.falsePositives },
};

const goalOf = (criterion: ThresholdCriterion): Goal => {
  if (typeof criterion === 'string') return named[criterion];
  if ('cost' in criterion) {
    const { fp, fn } = criterion.cost;
    return { worth: (it) => -(fp * it.falsePositives + fn * missed(it)) };
  }
  if ('precision' in criterion) {
    return { worth: recall, demand: (it) => precision(it) >= criterion.precision, instead: precision };
  }
  return { worth: precision, demand: (it) => recall(it) >= criterion.recall, instead: recall };
};

/**
 * The threshold that serves `criterion` best on these rows (those of the validation split: the test split judges it), halfway
 * between two scores, of equals the highest; with the metrics at it. A precision or recall that cannot be reached gives the
 * highest precision or recall there is, and `met: false`. Labels are 0 or 1.
 */
export const chooseThreshold = (
  labels: Float64Array,
  scores: Float64Array,
  criterion: ThresholdCriterion,
): ThresholdChoice => {
  const steps = stepsOf(labels, scores);
  const { score, truePositives, falsePositives, positives, negatives } = steps;
  const goal = goalOf(criterion);
  const at = (step: number): Outcome => ({
    truePositives: truePositives[step] ?? 0,
    falsePositives: falsePositives[step] ?? 0,
    positives,
    negatives,
  });
  // Step -1 answers class 1 for no row at all.
  const best = ({ worth, demand }: Goal) => {
    let [chosen, most]: [number | undefined, number] = [undefined, -Infinity];
    for (let step = -1; step < score.length; step++) {
      const outcome = at(step);
      const value = worth(outcome);
      if (value > most && (!demand || demand(outcome))) [chosen, most] = [step, value];
    }
    return chosen;
  };
  const reached = best(goal);
  const step = reached ?? best({ worth: goal.instead ?? goal.worth }) ?? -1;
  const threshold = between(score[step], score[step + 1]);
  return {
    threshold,
    met: reached !== undefined,
    criterion,
    rows: labels.length,
    curve: curveOf(steps),
    metrics: evaluate({ problem: 'binary', labels, scores, threshold }).metrics,
  };
};

const mostPoints = 200;

/** Of so many steps that nobody can tell them apart, an even part. */
const curveOf = ({ score, truePositives, falsePositives, positives }: Steps): ThresholdCurve => {
  const points = Math.min(score.length, mostPoints);
  const every = (score.length - 1) / Math.max(1, points - 1);
  const places = Array.from({ length: points }, (_, point) => score.length - 1 - Math.round(point * every));
  const of = (measure: (hits: number, misses: number) => number) =>
    places.map((place) => measure(truePositives[place]!, falsePositives[place]!));
  return {
    threshold: places.map((place) => score[place]!),
    precision: of((hits, misses) => ratio(hits, hits + misses)),
    recall: of((hits) => ratio(hits, positives)),
    f1: of((hits, misses) => ratio(2 * hits, positives + hits + misses)),
  };
};

/** Between the lowest score that is answered with class 1 and the highest that is not. */
const between = (above: number | undefined, below: number | undefined): number => {
  if (above === undefined) return (below ?? 0) < 1 ? ((below ?? 0) + 1) / 2 : (below ?? 0) * (1 + 2 * Number.EPSILON);
  if (below === undefined) return Math.min(0, above);
  const middle = (above + below) / 2;
  return middle > below ? middle : above;
};
