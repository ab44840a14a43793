/** Metrics of the classes that were answered. Definitions are scikit-learn's; a division by zero counts as 0. */

/** `matrix[actual][predicted]`, in rows. */
export const confusion = (labels: Float64Array, predicted: Float64Array, classes: number): number[][] => {
  const matrix = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (let row = 0; row < labels.length; row++) matrix[labels[row]!]![predicted[row]!]! += 1;
  return matrix;
};

const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Precision, recall and F1 of each class, with its rows and how often it was answered. */
export const perClass = (matrix: readonly (readonly number[])[]) =>
  matrix.map((actual, index) => {
    const hits = actual[index]!;
    const rows = sum(actual);
    const answered = sum(matrix.map((row) => row[index]!));
    return {
      rows,
      answered,
      precision: ratio(hits, answered),
      recall: ratio(hits, rows),
      f1: ratio(2 * hits, rows + answered),
    };
  });

/** Accuracy, and the mean recall of the classes that are there. */
export const accuracies = (matrix: readonly (readonly number[])[]) => {
  const classes = perClass(matrix);
  const present = classes.filter(({ rows }) => rows > 0);
  return {
    accuracy: ratio(sum(matrix.map((row, index) => row[index]!)), sum(classes.map(({ rows }) => rows))),
    balancedAccuracy: ratio(sum(present.map(({ recall }) => recall)), present.length),
  };
};

/** Averages over the classes that are there or were answered: plain (macro), pooled (micro), by rows (weighted). */
export const averages = (matrix: readonly (readonly number[])[]): Record<string, number> => {
  const classes = perClass(matrix).filter(({ rows, answered }) => rows + answered > 0);
  const total = sum(classes.map(({ rows }) => rows));
  const { accuracy } = accuracies(matrix);
  const average: Record<string, number> = {};
  for (const metric of ['precision', 'recall', 'f1'] as const) {
    average[`${metric}Macro`] = ratio(sum(classes.map((of) => of[metric])), classes.length);
    // With one answer per row the pooled precision, recall and F1 are all the accuracy.
    average[`${metric}Micro`] = accuracy;
    average[`${metric}Weighted`] = ratio(sum(classes.map((of) => of[metric] * of.rows)), total);
  }
  return average;
};
