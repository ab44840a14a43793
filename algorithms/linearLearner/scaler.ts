/** Column statistics, and the move of a table into the space in which the optimiser works. */
import type { CsvRows, LabelledCsv } from '../csv.ts';
import type { Settings } from './settings.ts';

/** `scaled = (raw - centre) * scale`, per feature and for the label. */
export interface Scaler {
  centre: Float64Array;
  scale: Float64Array;
  labelCentre: number;
  labelScale: number;
}

const addRow = (
  features: Float32Array,
  offset: number,
  mean: Float64Array,
  squares: Float64Array,
  seen: number,
): void => {
  for (let column = 0; column < mean.length; column++) {
    const value = features[offset + column]!;
    const delta = value - mean[column]!;
    mean[column]! += delta / seen;
    squares[column]! += delta * (value - mean[column]!);
  }
};

/** Mean and standard deviation of each column over `sample` rows spread evenly, by Welford's updates. */
const columnStatistics = ({ rows, columns, features }: CsvRows, sample: number) => {
  const mean = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let index = 0; index < sample; index++) {
    const row = Math.floor((index * rows) / sample);
    addRow(features, row * columns, mean, squares, index + 1);
  }
  return { mean, deviation: squares.map((sum) => Math.sqrt(sum / sample)) };
};

const labelStatistics = (labels: Float64Array) => {
  const mean = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const squares = labels.reduce((sum, label) => sum + (label - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / labels.length) };
};

const inverse = (deviation: number, constant: number): number => (deviation > 0 ? 1 / deviation : constant);

/** The scaler that the settings ask for, from num_point_for_scaler rows of the training table. */
export const fitScaler = (table: LabelledCsv, settings: Settings): Scaler => {
  const sample = Math.min(settings.scalerRows, table.rows);
  let { mean, deviation } = columnStatistics(table, sample);
  // A column that is constant in the sample may be a rare category, which a scale from the sample would erase.
  if (sample < table.rows && deviation.includes(0)) ({ mean, deviation } = columnStatistics(table, table.rows));
  // A centred constant column is all zero and stays so; one that is not centred may serve as a bias.
  const constant = settings.centreFeatures ? 0 : 1;
  const label = labelStatistics(table.labels);
  return {
    centre: settings.centreFeatures ? mean : mean.map(() => 0),
    scale: settings.scaleFeatures ? deviation.map((value) => inverse(value, constant)) : deviation.map(() => 1),
    labelCentre: settings.centreLabel ? label.mean : 0,
    labelScale: settings.scaleLabel ? inverse(label.deviation, 1) : 1,
  };
};

/** Scales a table in place: nothing needs the raw values afterwards, and a copy would double the memory. */
export const scaleTable = (table: LabelledCsv, scaler: Scaler): void => {
  const { rows, columns, features, labels } = table;
  const { centre, scale, labelCentre, labelScale } = scaler;
  for (let row = 0, at = 0; row < rows; row++) {
    labels[row] = (labels[row]! - labelCentre) * labelScale;
    for (let column = 0; column < columns; column++, at++) {
      features[at] = (features[at]! - centre[column]!) * scale[column]!;
    }
  }
};
