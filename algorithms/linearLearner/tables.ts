/** The channels as tables, held against one another and against the predictor type. */
import { ClientError } from '../algorithm.ts';
import { type LabelledCsv, readCsvFolder } from '../csv.ts';
import type { Settings } from './settings.ts';

/** A channel's table; empty cells are refused, for a linear model has no place for a missing value. */
export const readTable = (folder: string, channel: string): LabelledCsv => {
  try {
    return readCsvFolder(folder, { missing: 'refuse' });
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    throw new ClientError(`Channel ${channel}: ${error.message}`, { cause: error });
  }
};

/** Another channel's table, which needs as many features as train. */
export const readTableLike = (train: LabelledCsv, folder: string | undefined, channel: string) => {
  if (folder === undefined) return undefined;
  const table = readTable(folder, channel);
  if (table.columns === train.columns) return table;
  throw new ClientError(
    `Channel ${channel} has ${table.columns} features a row and channel train ${train.columns}; expected as many.`,
  );
};

const expectations: Readonly<Record<Settings['predictorType'], (outputs: number) => string>> = {
  regressor: () => 'a number',
  binary_classifier: () => '0 or 1',
  multiclass_classifier: (outputs) => `an integer from 0 to ${outputs - 1} (num_classes is ${outputs})`,
};

/** Refuses labels that the predictor type does not take, naming the row among the channel's (from 1). */
export const checkLabels = ({ labels }: LabelledCsv, channel: string, { predictorType, outputs }: Settings): void => {
  if (predictorType === 'regressor') return;
  const classes = predictorType === 'binary_classifier' ? 2 : outputs;
  const wrong = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (wrong !== -1) {
    throw new ClientError(
      `Channel ${channel}: the label of row ${wrong + 1} is ${labels[wrong]}; a ${predictorType} expects ` +
        `${expectations[predictorType](outputs)}.`,
    );
  }
  const first = labels[0]!;
  if (channel === 'train' && labels.every((label) => label === first)) {
    throw new ClientError(
      `Channel train: every label is ${first}; a ${predictorType} needs rows of at least two classes.`,
    );
  }
};

/** Rows spread evenly over the table, `count` of them at most. */
export const sampleRows = (table: LabelledCsv, count: number): LabelledCsv => {
  if (count >= table.rows) return table;
  const { columns } = table;
  const features = new Float32Array(count * columns);
  const labels = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const row = Math.floor((index * table.rows) / count);
    labels[index] = table.labels[row]!;
    features.set(table.features.subarray(row * columns, (row + 1) * columns), index * columns);
  }
  return { rows: count, columns, features, labels };
};
