/** Requests and answers of the container's endpoint (aws/sagemaker-xgboost-container, `algorithm_mode/serve.py`). */
import { ClientError } from '../algorithm.ts';
import type { Predictor } from '../algorithm.ts';
import { marginsOf, transformMargins } from './forest.ts';
import type { Model } from './model.ts';
import { readRequest } from './matrix.ts';
import { objectiveNamed } from './objectives.ts';

const mediaType = (header: string) => header.split(';')[0]!.trim().toLowerCase();

/** One number, or one per class, for each row. */
type RowScores = readonly (number | readonly number[])[];

const encoders: Readonly<Record<string, (scores: RowScores) => string>> = {
  'text/csv': (scores) => `${scores.map(String).join('\n')}\n`,
  'application/json': (scores) => JSON.stringify({ predictions: scores.map((score) => ({ score })) }),
  'application/jsonlines': (scores) => `${scores.map((score) => JSON.stringify({ score })).join('\n')}\n`,
};

const indexOfLargest = (row: Float32Array) => row.reduce((best, value, at) => (value > row[best]! ? at : best), 0);

const scoresOf = (predictions: Float32Array, groups: number, answersClass: boolean): RowScores => {
  if (groups === 1) return Array.from(predictions);
  return Array.from({ length: predictions.length / groups }, (_, row) => {
    const ofRow = predictions.subarray(row * groups, (row + 1) * groups);
    return answersClass ? indexOfLargest(ofRow) : Array.from(ofRow);
  });
};

const readRows = (body: string, contentType: string, model: Model) => {
  if (mediaType(contentType) !== 'text/csv')
    throw new ClientError(`Content-type ${contentType} is not supported by the local container. Expected text/csv.`, {
      status: 415,
    });
  const matrix = readRequest(body);
  if (matrix.features !== model.features)
    throw new ClientError(
      `The request has ${matrix.features} columns, but the model was trained with ${model.features} features. ` +
        'Expected the features in the order of training, without the label.',
    );
  return matrix;
};

/** A predictor over a model in memory. */
export const createPredictor = (model: Model): Predictor => {
  const objective = objectiveNamed(model.objective);
  return {
    invoke(body, contentType, accept) {
      const wanted = ['', '*/*'].includes(mediaType(accept)) ? 'text/csv' : mediaType(accept);
      const encode = Object.hasOwn(encoders, wanted) ? encoders[wanted] : undefined;
      if (!encode)
        throw new ClientError(`Accept ${accept} is not supported. Expected ${Object.keys(encoders).join(', ')}.`, {
          status: 406,
        });
      const matrix = readRows(body, contentType, model);
      const predictions = transformMargins(marginsOf(model, matrix), objective);
      return { contentType: wanted, body: encode(scoresOf(predictions, model.groups, objective.answersClass)) };
    },
  };
};
