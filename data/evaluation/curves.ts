/** The curves of a report, with only the points that the eye would miss. */
import type { Curve } from '../../spec/evaluation.ts';
import type { Steps } from './steps.ts';

const mostPoints = 200;
/** A chord that is nearer than this to all it replaces cannot be told from it on a screen. */
const invisible = 1e-4;

/** ROC (x: false positive rate, y: true positive rate) and precision over recall; absent when only one class is there. */
export const curves = ({
  score,
  truePositives,
  falsePositives,
  positives,
  negatives,
}: Steps): { roc?: Curve; precisionRecall?: Curve } => {
  if (positives === 0 || negatives === 0) return {};
  const recall = truePositives.map((hits) => hits / positives);
  const fallout = falsePositives.map((misses) => misses / negatives);
  const precision = truePositives.map((hits, step) => hits / (hits + falsePositives[step]!));
  return {
    roc: thin(startingAt(fallout, 0), startingAt(recall, 0), startingAt(score, score[0]!)),
    // Nothing answered has no precision: the curve starts with the precision of the first answers.
    precisionRecall: thin(startingAt(recall, 0), startingAt(precision, precision[0]!), startingAt(score, score[0]!)),
  };
};

const startingAt = (values: Float64Array, first: number): Float64Array => {
  const longer = new Float64Array(values.length + 1);
  longer[0] = first;
  longer.set(values, 1);
  return longer;
};

interface Chord {
  from: number;
  to: number;
  /** The point between that is farthest from it, and how far. */
  at: number;
  distance: number;
}

/** Splits the chord with the largest error until none is visible or the points are used up (Ramer, Douglas & Peucker). */
const thin = (x: Float64Array, y: Float64Array, threshold: Float64Array): Curve => {
  const chords = [farthest(x, y, 0, x.length - 1)];
  while (chords.length < mostPoints - 1) {
    const worst = chords.reduce((most, chord, index) => (chord.distance > chords[most]!.distance ? index : most), 0);
    const { from, to, at, distance } = chords[worst]!;
    if (distance < invisible) break;
    chords.splice(worst, 1, farthest(x, y, from, at), farthest(x, y, at, to));
  }
  const points = [0, ...chords.map(({ to }) => to)];
  const of = (values: Float64Array) => points.map((point) => values[point]!);
  return { x: of(x), y: of(y), threshold: of(threshold) };
};

const farthest = (x: Float64Array, y: Float64Array, from: number, to: number): Chord => {
  const [dx, dy] = [x[to]! - x[from]!, y[to]! - y[from]!];
  const length = Math.hypot(dx, dy);
  let [at, distance] = [from, 0];
  for (let point = from + 1; point < to; point++) {
    const [px, py] = [x[point]! - x[from]!, y[point]! - y[from]!];
    const off = length === 0 ? Math.hypot(px, py) : Math.abs(px * dy - py * dx) / length;
    if (off > distance) [at, distance] = [point, off];
  }
  return { from, to, at, distance };
};
