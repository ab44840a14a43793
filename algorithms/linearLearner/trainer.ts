import type { Trainer, TrainingJob } from '../algorithm.ts';
import type { LabelledCsv } from '../csv.ts';
import { createCandidate } from './candidate.ts';
import { descend } from './descent.ts';
import { tableLoss, tableOutputs } from './epoch.ts';
import { sigmoid } from './losses.ts';
import { channelLines } from './logLines.ts';
import { createModel, foldScaling, linkOf, readModel, writeModel } from './model.ts';
import { createPredictor } from './predictor.ts';
import { binaryQuality, multiclassQuality, type Quality, regressionQuality } from './quality.ts';
import { fitScaler, type Scaler, scaleTable } from './scaler.ts';
import { select, type Selected } from './selection.ts';
import { readSettings, type Settings } from './settings.ts';
import { checkLabels, readTable, readTableLike, sampleRows } from './tables.ts';
import { variantsOf } from './variants.ts';

/** Rows of train on which models are compared when there is no validation channel. */
const calibrationRows = 10_000;

const qualityOf = (
  { candidate, threshold = 0 }: Selected,
  table: LabelledCsv,
  { labelCentre, labelScale }: Scaler,
  settings: Settings,
): Quality[] => {
  const { weights } = candidate.best;
  const outputs = tableOutputs(weights, settings.outputs, table);
  if (settings.predictorType === 'multiclass_classifier') return multiclassQuality(outputs, table.labels, settings);
  if (settings.predictorType === 'binary_classifier') {
    const scores = linkOf(settings.loss) === 'logistic' ? outputs.map(sigmoid) : outputs;
    return binaryQuality(scores, table.labels, threshold, settings);
  }
  const raw = (value: number): number => value / labelScale + labelCentre;
  return regressionQuality(outputs.map(raw), table.labels.map(raw));
};

const judge = (selected: Selected, table: LabelledCsv, scaler: Scaler, settings: Settings): Quality[] => {
  const { loss, best, variant } = selected.candidate;
  const scaled = tableLoss(selected.candidate, best.weights, variant.classWeights, table);
  const objective = { name: loss.objective, kind: 'loss', value: loss.unscale(scaled, scaler.labelScale) } as const;
  return [objective, ...qualityOf(selected, table, scaler, settings)];
};

const train = async (job: TrainingJob): Promise<void> => {
  const { channels } = job;
  const table = readTable(channels['train']!, 'train');
  const settings = readSettings(job.hyperparameters, table);
  const held = {
    validation: readTableLike(table, channels['validation'], 'validation'),
    test: readTableLike(table, channels['test'], 'test'),
  };
  const tables = Object.entries({ train: table, ...held }).filter(
    (entry): entry is [string, LabelledCsv] => !!entry[1],
  );
  for (const [channel, each] of tables) checkLabels(each, channel, settings);
  // Choices by class need the raw labels, so they come before scaling.
  const variants = variantsOf(table.labels, settings);
  const scaler = fitScaler(table, settings);
  for (const [, each] of tables) scaleTable(each, scaler);

  const candidates = variants.map((variant) => createCandidate(table.columns, settings, variant));
  await descend(candidates, table, held.validation, settings, scaler.labelScale, job);

  const wanted = settings.calibrationRows === 'auto' ? undefined : settings.calibrationRows;
  const calibration = held.validation
    ? sampleRows(held.validation, wanted ?? Infinity)
    : sampleRows(table, wanted ?? calibrationRows);
  const selected = select(candidates, calibration, settings);
  const { learningRate, wd } = selected.candidate.variant;
  job.log(`Selected the model with learning_rate ${learningRate} and wd ${wd} of ${candidates.length}.`);
  for (const [channel, each] of Object.entries(held)) {
    if (each) for (const line of channelLines(channel, judge(selected, each, scaler, settings))) job.log(line);
  }
  const folded = foldScaling(selected.candidate, selected.candidate.best.weights, scaler);
  writeModel(job.model, createModel(settings.predictorType, settings.loss, folded, selected.threshold));
};

/** Linear Learner without SageMaker: the same hyperparameters, log lines and answers; the artefact is its own. */
export const trainer: Trainer = {
  train,
  load: (folder) => createPredictor(readModel(folder)),
};
