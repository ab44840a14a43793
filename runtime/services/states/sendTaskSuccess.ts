import * as z from 'zod';
import { payloadLimit, type Json } from '../../asl/json.ts';
import { JsonSyntaxError, parseJson } from '../../asl/validate/json.ts';
import { AwsError, operation, type Call } from '../../operation.ts';
import { ended, taskOf, taskToken, tokenNeeds } from './taskTokens.ts';
import type { StatesState } from './statesState.ts';

/** Throws InvalidOutput. */
const parsed = (text: string): Json => {
  if (Buffer.byteLength(text) > payloadLimit)
    throw new AwsError('InvalidOutput', `Invalid Output: 'The output is larger than ${payloadLimit} bytes'`);
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new AwsError('InvalidOutput', `Invalid Output: '${error.what}'`);
  }
};

export const sendTaskSuccess = operation({
  input: z.strictObject({ taskToken, output: z.string() }),
  needs: (input, call: Call<StatesState>) => tokenNeeds('SendTaskSuccess', input.taskToken, call),
  async run(input, { state }) {
    const output = parsed(input.output);
    const { arn, id } = taskOf(state, input.taskToken);
    if (!(await state.engine.answer(arn, id, { kind: 'succeeded', output }))) throw ended();
    await state.executions.flushed();
    return {};
  },
});
