import { clip } from './binary.ts';
import { accuracies, averages, confusion } from './classes.ts';
import { ranking } from './ranking.ts';

/** Metrics of one probability per class; a row is answered with the most probable class, the first of equals. */
export const multiclass = (labels: Float64Array, scores: readonly (readonly number[])[], classes: number) => {
  const predicted = Float64Array.from(scores, (row) => row.indexOf(Math.max(...row)));
  const confusionMatrix = confusion(labels, predicted, classes);
  let loss = 0;
  for (const [row, probabilities] of scores.entries()) {
    const total = probabilities.reduce((sum, probability) => sum + clip(probability), 0);
    loss -= Math.log(clip(probabilities[labels[row]!]!) / total);
  }
  // One class against the rest; a class that no row has cannot be ranked and is left out of the mean.
  const areas = Array.from({ length: classes }, (_, index) =>
    ranking(
      (row) => labels[row] === index,
      Float64Array.from(scores, (row) => row[index]!),
    ),
  ).flatMap((ranked) => (ranked ? [ranked.auc] : []));
  const metrics: Record<string, number> = {
    ...accuracies(confusionMatrix),
    ...averages(confusionMatrix),
    ...(areas.length > 0 && { auc: areas.reduce((sum, area) => sum + area, 0) / areas.length }),
    logloss: loss / labels.length,
  };
  return { metrics, confusionMatrix };
};
