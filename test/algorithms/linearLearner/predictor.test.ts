import { describe, expect, test } from '@jest/globals';
import { createModel } from '../../../algorithms/linearLearner/model.ts';
import { createPredictor } from '../../../algorithms/linearLearner/predictor.ts';

const regressor = createPredictor(
  createModel('regressor', 'squared_loss', { weights: [[2, -1]], biases: [0.5] }, undefined),
);
const binary = createPredictor(createModel('binary_classifier', 'logistic', { weights: [[1, 0]], biases: [0] }, 0.8));
const multiclass = createPredictor(
  createModel(
    'multiclass_classifier',
    'softmax_loss',
    {
      weights: [
        [0, 0],
        [1, 0],
        [0, 1],
      ],
      biases: [0, 0, 0],
    },
    undefined,
  ),
);

const json = 'application/json';
const jsonLines = 'application/jsonlines';

describe('requests', () => {
  const answer = { contentType: json, body: '{"predictions":[{"score":2.5},{"score":0.5}]}' };
  test.each([
    ['text/csv', '3,4\n0,0'],
    ['text/csv; charset=utf-8', '3,4\r\n0,0\r\n'],
    [json, '{"instances": [{"features": [3, 4]}, {"features": [0, 0]}]}'],
    [json, '{"instances": [{"data": {"features": {"values": [3, 4]}}}, {"features": [0, 0]}]}'],
    [
      json,
      '{"instances": [{"data": {"features": {"keys": [1, 0], "shape": [2], "values": [4, 3]}}}, {"data": {"features": {"keys": [], "shape": [2], "values": []}}}]}',
    ],
    [jsonLines, '{"features": [3, 4]}\n{"data": {"features": {"values": [0, 0]}}}\n'],
  ])('%s: %s', (contentType, body) => {
    expect(regressor.invoke(body, contentType, json)).toEqual(answer);
  });

  test.each([
    ['text/csv', '1', 400, 'The request has 1 features a row; the model was trained with 2'],
    ['text/csv', '1,', 400, 'the request, row 1, column 2: the value is missing'],
    [json, '{"instances": []}', 400, 'The request is not valid JSON of the expected shape'],
    [json, '{', 400, 'The request is not valid JSON'],
    [json, '{"instances": [{"features": [1]}]}', 400, 'Instance 1 has 1 features; the model was trained with 2'],
    [
      json,
      '{"instances": [{"data": {"features": {"keys": [2], "shape": [3], "values": [1]}}}]}',
      400,
      'Instance 1 has key 2; the model has features 0 to 1',
    ],
    [
      json,
      '{"instances": [{"data": {"features": {"keys": [0, 1], "shape": [2], "values": [1]}}}]}',
      400,
      'Instance 1 has 2 keys and 1 values',
    ],
    [jsonLines, '{"features": [1, 2]}\nnope', 400, 'Line 2 of the request is not valid JSON'],
    [jsonLines, '\n', 400, 'no rows'],
    ['', '1,2', 415, 'Content type "" is not supported'],
    ['constructor', '1,2', 415, 'not supported'],
    ['application/x-recordio-protobuf', '', 415, 'accepted by SageMaker but not implemented by the local predictor'],
  ])('refuses %p %p', (contentType, body, status, message) => {
    const invoke = () => regressor.invoke(body, contentType, json);
    expect(invoke).toThrow(message);
    expect(invoke).toThrow(expect.objectContaining({ name: 'ClientError', status }));
  });
});

describe('answers', () => {
  test('are one JSON object, or one line per row', () => {
    expect(regressor.invoke('3,4\n0,0', 'text/csv', jsonLines)).toEqual({
      contentType: jsonLines,
      body: '{"score":2.5}\n{"score":0.5}\n',
    });
    for (const accept of ['', '*/*', 'text/html, */*;q=0.8', json]) {
      expect(regressor.invoke('3,4', 'text/csv', accept).contentType).toBe(json);
    }
  });

  test('of a binary classifier cut at its threshold', () => {
    const { body } = binary.invoke('1,0\n2,0', 'text/csv', jsonLines);
    const [first, second] = body.split('\n');
    expect(first).toMatch(/^\{"score":0\.731\d*,"predicted_label":0\}$/);
    expect(second).toMatch(/^\{"score":0\.880\d*,"predicted_label":1\}$/);
  });

  test('of a multiclass classifier hold a probability per class', () => {
    const { body } = multiclass.invoke('1,3', 'text/csv', jsonLines);
    expect(JSON.parse(body)).toEqual({
      score: [0, 1, 3].map((logit) => expect.closeTo(Math.exp(logit) / (1 + Math.E + Math.exp(3)), 10)),
      predicted_label: 2,
    });
  });

  test('in another format are refused with 406', () => {
    const invoke = () => regressor.invoke('1,2', 'text/csv', 'application/x-recordio-protobuf');
    expect(invoke).toThrow(expect.objectContaining({ name: 'ClientError', status: 406 }));
  });
});
