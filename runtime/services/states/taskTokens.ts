/** Whom a task token speaks for. */
import * as z from 'zod';
import { readToken, tokenFor } from '../../asl/token.ts';
import { AwsError, type Call, type Need } from '../../operation.ts';
import type { StatesState } from './statesState.ts';

export const taskToken = z.string().min(1).max(2048);

/** The permission is asked on the machine whose task waits. */
export const tokenNeeds = (action: string, token: string, { state }: Call<StatesState>): Need[] => {
  const named = readToken(token);
  const machine = named && state.executions.summaries.get(named.arn)?.identity.machineArn;
  return [{ action: `states:${action}`, resource: machine ?? '*' }];
};

/** The task a token belongs to. Throws InvalidToken, TaskDoesNotExist or, when it has ended, TaskTimedOut. */
export const taskOf = (state: StatesState, token: string): { arn: string; id: number } => {
  const named = readToken(token);
  if (!named) throw unknownToken();
  if (!state.executions.summaries.has(named.arn)) throw new AwsError('TaskDoesNotExist', 'Task does not exist');
  const execution = state.engine.get(named.arn);
  if (!execution) throw ended();
  if (tokenFor(execution, named.id) !== token) throw unknownToken();
  return named;
};

const unknownToken = () => new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");

export const ended = () => new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
