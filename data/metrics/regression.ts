/** Metrics of predicted numbers, as scikit-learn defines them. */
export const regression = (labels: Float64Array, scores: Float64Array): Record<string, number> => {
  const { length } = labels;
  let [sum, squares, absolutes] = [0, 0, 0];
  const errors = new Float64Array(length);
  for (let row = 0; row < length; row++) {
    const error = labels[row]! - scores[row]!;
    sum += labels[row]!;
    squares += error * error;
    absolutes += Math.abs(error);
    errors[row] = Math.abs(error);
  }
  const mean = sum / length;
  let spread = 0;
  for (const label of labels) spread += (label - mean) ** 2;
  errors.sort();
  const middle = length >> 1;
  return {
    rmse: Math.sqrt(squares / length),
    mae: absolutes / length,
    medianAe: length % 2 === 1 ? errors[middle]! : (errors[middle - 1]! + errors[middle]!) / 2,
    r2: spread === 0 ? (squares === 0 ? 1 : 0) : 1 - squares / spread,
  };
};
