import { accuracies, confusion, perClass } from './classes.ts';
import { ranking } from './ranking.ts';

/** Metrics of P(class 1); a row is answered with class 1 from `threshold` on. */
export const binary = (labels: Float64Array, scores: Float64Array, threshold: number) => {
  const confusionMatrix = confusion(
    labels,
    scores.map((score) => (score >= threshold ? 1 : 0)),
    2,
  );
  const { precision, recall, f1 } = perClass(confusionMatrix)[1]!;
  let [loss, squares] = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    const score = scores[row]!;
    loss -= Math.log(clip(labels[row] === 1 ? score : 1 - score));
    squares += (score - labels[row]!) ** 2;
  }
  const metrics: Record<string, number> = {
    ...accuracies(confusionMatrix),
    precision,
    recall,
    f1,
    ...ranking((row) => labels[row] === 1, scores),
    logloss: loss / labels.length,
    brier: squares / labels.length,
  };
  return { metrics, confusionMatrix };
};

/** Keeps the logarithm finite, as scikit-learn does. */
export const clip = (probability: number) => Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON);
