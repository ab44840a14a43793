import { ClientError, type Predictor } from '../algorithm.ts';
import { sigmoid, softmax } from './losses.ts';
import type { Model } from './model.ts';
import { rowOutputs } from './outputs.ts';
import { mediaType, readRequest } from './requests.ts';

interface Prediction {
  score: number | number[];
  predicted_label?: number;
}

type Answer = (predictions: Prediction[]) => string;

const writers: Readonly<Record<string, Answer>> = {
  'application/json': (predictions) => JSON.stringify({ predictions }),
  'application/jsonlines': (predictions) => predictions.map((prediction) => `${JSON.stringify(prediction)}\n`).join(''),
};
const defaultAccept = 'application/json';

const writerOf = (accept: string): { contentType: string; write: Answer } => {
  const wanted = accept.split(',').map(mediaType);
  for (const type of wanted) {
    const contentType = type === '' || type === '*/*' || type === 'application/*' ? defaultAccept : type;
    const write = Object.hasOwn(writers, contentType) ? writers[contentType] : undefined;
    if (write) return { contentType, write };
  }
  const known = Object.keys(writers).join(', ');
  throw new ClientError(`Accept "${accept}" is not supported by the local linear-learner; expected ${known}.`, {
    status: 406,
  });
};

const largestIndex = (values: Float64Array): number => {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
};

const predict = ({ predictorType, link, threshold = 0 }: Model, out: Float64Array): Prediction => {
  if (predictorType === 'multiclass_classifier') {
    softmax(out);
    return { score: [...out], predicted_label: largestIndex(out) };
  }
  const score = link === 'logistic' ? sigmoid(out[0]!) : out[0]!;
  return predictorType === 'regressor' ? { score } : { score, predicted_label: score > threshold ? 1 : 0 };
};

/** Answers requests as Linear Learner's endpoint does: `score`, and `predicted_label` for classifiers. */
export const createPredictor = (model: Model): Predictor => {
  const columns = model.weights[0]!.length;
  const weights = Float64Array.from(model.weights.flatMap((row, output) => [...row, model.biases[output]!]));
  const out = new Float64Array(model.weights.length);
  return {
    invoke(body, contentType, accept) {
      const { rows, features } = readRequest(body, contentType, columns);
      const writer = writerOf(accept);
      const predictions = Array.from({ length: rows }, (_, row) => {
        rowOutputs(weights, features, row * columns, columns, out);
        return predict(model, out);
      });
      return { contentType: writer.contentType, body: writer.write(predictions) };
    },
  };
};
