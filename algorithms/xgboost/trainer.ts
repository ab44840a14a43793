/** The local stand-in for the SageMaker XGBoost container, in algorithm mode. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClientError } from '../algorithm.ts';
import type { Trainer, TrainingJob } from '../algorithm.ts';
import { boost } from './boost.ts';
import { readChannel } from './matrix.ts';
import type { Matrix } from './matrix.ts';
import { modelFile } from './model.ts';
import { readModel, writeModel } from './modelJson.ts';
import { createPredictor } from './predictor.ts';
import { readSettings } from './settings.ts';
import type { Settings } from './settings.ts';

const readChannels = (job: TrainingJob, settings: Settings) => {
  const { train: trainFolder, validation: validationFolder } = job.channels;
  if (!trainFolder) throw new ClientError('The train channel is missing.');
  const train = readChannel('train', trainFolder, settings.csvWeights);
  const validation = validationFolder && readChannel('validation', validationFolder, settings.csvWeights);
  return { train, validation: validation || undefined };
};

const checkChannels = (
  train: Matrix,
  validation: Matrix | undefined,
  { objective, classes, earlyStopping }: Settings,
) => {
  objective.checkLabels(train.labels, 'train', classes);
  if (validation) objective.checkLabels(validation.labels, 'validation', classes);
  if (validation && validation.features !== train.features)
    throw new ClientError(
      `The validation channel has ${validation.features} feature columns, but the train channel has ${train.features}.`,
    );
  if (earlyStopping && !validation)
    throw new ClientError('early_stopping_rounds needs a validation channel to watch. Add one, or remove it.');
};

export const trainer: Trainer = {
  train(job) {
    const settings = readSettings(job.hyperparameters);
    const { train, validation } = readChannels(job, settings);
    checkChannels(train, validation, settings);
    job.log(`Train matrix has ${train.rows} rows and ${train.features} columns`);
    if (validation) job.log(`Validation matrix has ${validation.rows} rows`);
    const model = boost({
      settings,
      train,
      validation,
      log: (line) => job.log(line),
      stopping: () => job.stopping(),
    });
    if (job.stopping() && !settings.saveWhenStopped) return;
    writeFileSync(join(job.model, modelFile), writeModel(model));
  },
  load(modelFolder) {
    return createPredictor(readModel(readFileSync(join(modelFolder, modelFile), 'utf8')));
  },
};
