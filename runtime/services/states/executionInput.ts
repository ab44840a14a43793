/** The input of an execution as it is given to StartExecution and StartSyncExecution. */
import { payloadLimit, type Json } from '../../asl/json.ts';
import { JsonSyntaxError, parseJson } from '../../asl/validate/json.ts';
import { AwsError } from '../../operation.ts';

const invalid = (why: string) =>
  new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${why}'`);

/** Any JSON value of at most 256 KiB. Throws InvalidExecutionInput. */
export const executionInput = (text: string): Json => {
  if (Buffer.byteLength(text) > payloadLimit) throw invalid(`The input is larger than ${payloadLimit} bytes`);
  if (text === '') throw invalid('Invalid execution input.');
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw invalid(error.what);
  }
};
