/** The numbers a job trains on or a request asks about. */
import { ClientError } from '../algorithm.ts';
import { readCsvFolder, readCsvRequest } from '../csv.ts';

/** Rows of float32 features, row after row; NaN is a missing value. */
export interface Matrix {
  rows: number;
  features: number;
  values: Float32Array;
  /** One per row; empty for a request. */
  labels: Float32Array;
  /** Of the rows, with csv_weights=1. */
  weights: Float32Array | undefined;
}

const separateWeights = (values: Float32Array, rows: number, columns: number) => {
  const weights = new Float32Array(rows);
  const features = new Float32Array(rows * (columns - 1));
  for (let row = 0; row < rows; row++) {
    weights[row] = values[row * columns]!;
    features.set(values.subarray(row * columns + 1, (row + 1) * columns), row * (columns - 1));
  }
  return { weights, features };
};

/**
 * Every file of a channel's folder, label first and, with `weighted`, the row's weight second. Throws ClientError on rows
 * that are not numbers, on missing labels or weights, and when no feature column is left.
 */
export const readChannel = (channel: string, folder: string, weighted: boolean): Matrix => {
  const { rows, columns, features, labels } = readCsvFolder(folder, { missing: 'nan' });
  const table = { rows, labels: Float32Array.from(labels) };
  if (!weighted) return { ...table, features: columns, values: features, weights: undefined };
  if (columns < 2)
    throw new ClientError(
      `The ${channel} channel has no feature column after the label and the weight (csv_weights=1).`,
    );
  const separate = separateWeights(features, rows, columns);
  const wrong = separate.weights.findIndex((weight) => !(weight >= 0));
  if (wrong >= 0)
    throw new ClientError(`The weight of row ${wrong + 1} of the ${channel} channel is not a number of at least 0.`);
  return { ...table, features: columns - 1, values: separate.features, weights: separate.weights };
};

/** The rows of a request: features only. */
export const readRequest = (body: string): Matrix => {
  const { rows, columns, features } = readCsvRequest(body, { missing: 'nan' });
  return { rows, features: columns, values: features, labels: new Float32Array(0), weights: undefined };
};
