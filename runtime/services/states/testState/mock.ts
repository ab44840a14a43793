/** What may be mocked, and what may be said of a mocked state. */
import * as z from 'zod';
import { isObject, shown, type Json } from '../../../asl/json.ts';
import type { StateDefinition } from '../../../asl/machine.ts';
import { readResource } from '../../../asl/resource.ts';
import type { TrialAnswer } from '../../../asl/trial.ts';
import { AwsError } from '../../../operation.ts';
import { checkMockedResult } from './fieldValidation.ts';

const largest = 262_144;

export const mockInput = z.strictObject({
  result: z.string().max(largest).optional(),
  errorOutput: z
    .strictObject({ error: z.string().max(256).optional(), cause: z.string().max(32_768).optional() })
    .optional(),
  fieldValidationMode: z.enum(['STRICT', 'PRESENT', 'NONE']).optional(),
});

export const stateConfigurationInput = z.strictObject({
  retrierRetryCount: z.int().min(0).optional(),
  errorCausedByState: z.string().min(1).max(80).optional(),
  mapIterationFailureCount: z.int().min(0).optional(),
  mapItemReaderData: z.string().max(largest).optional(),
});

export type MockInput = z.infer<typeof mockInput>;
export type StateConfiguration = z.infer<typeof stateConfigurationInput>;

export const invalid = (message: string) => new AwsError('ValidationException', message);

/** Whether a Task goes on after its call was answered: only a mock can end it then. */
export const waitsForAnswer = (state: StateDefinition): boolean => {
  const resource = typeof state['Resource'] === 'string' ? readResource(state['Resource']) : undefined;
  return resource?.kind === 'activity' || (resource?.kind === 'service' && resource.pattern !== 'request-response');
};

/** Members that mean something beside a mock only. Throws ValidationException. */
export const checkUnmocked = (
  state: StateDefinition,
  context: string | undefined,
  configuration: StateConfiguration,
  roleArn: string | undefined,
) => {
  const member = context === undefined ? Object.keys(configuration)[0] : 'context';
  if (member !== undefined) {
    const name = member.charAt(0).toUpperCase() + member.slice(1);
    throw invalid(`TestState does not support ${name} when a mock is not specified.`);
  }
  if (state.Type === 'Map' || state.Type === 'Parallel') {
    throw new AwsError(
      'InvalidDefinition',
      'TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]',
    );
  }
  if (state.Type !== 'Task') return;
  if (waitsForAnswer(state)) {
    throw new AwsError(
      'InvalidDefinition',
      'TestState API does not support Activity tasks and the .sync and .waitForTaskToken service integration patterns when a mock is not specified',
    );
  }
  if (roleArn === undefined) throw invalid('RoleArn must be specified when testing a Task state');
};

const parsed = (text: string, complaint: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw invalid(complaint);
  }
};

const namesInside = (json: Json | undefined): string[] => {
  if (Array.isArray(json)) return json.flatMap(namesInside);
  if (!isObject(json)) return [];
  const { States: states } = json;
  return [...(isObject(states) ? Object.keys(states) : []), ...Object.values(json).flatMap(namesInside)];
};

const checkConfiguration = (state: StateDefinition, configuration: StateConfiguration, result: Json | undefined) => {
  const { mapIterationFailureCount: failures, mapItemReaderData: data, errorCausedByState: culprit } = configuration;
  if (state.Type !== 'Map' && failures !== undefined) {
    throw invalid('MapIterationFailureCount can only be specified when testing a Map state');
  }
  if (failures !== undefined && Array.isArray(result) && failures > result.length) {
    throw invalid('Map iteration failure count must be less than or equal to the number of Map iterations');
  }
  if (data !== undefined && state['ItemReader'] === undefined) {
    throw invalid('MapItemReaderData can only be specified when testing a Map state with an ItemReader');
  }
  if (culprit !== undefined && !namesInside(state).includes(culprit)) {
    throw invalid(`State '${culprit}' is not found in the state under test`);
  }
};

const checkCollected = (state: StateDefinition, result: Json) => {
  const { ResultWriter: writer, Branches: branches } = state;
  const written = state.Type === 'Map' && writer !== undefined;
  if (written && !isObject(result)) throw invalid('Mocked result must be a JSON object.');
  if (!written && !Array.isArray(result)) throw invalid('Mocked result must be an array.');
  if (Array.isArray(branches) && Array.isArray(result) && result.length !== branches.length)
    throw invalid('Mocked result must contain the same number of items as number of Parallel branches.');
};

/** What the mock says; throws ValidationException where the state cannot be mocked or not like that. */
export const readMock = async (
  state: StateDefinition,
  { result: text, errorOutput, fieldValidationMode = 'STRICT' }: MockInput,
  configuration: StateConfiguration,
  revealSecrets: boolean,
): Promise<TrialAnswer> => {
  if (!['Task', 'Map', 'Parallel'].includes(state.Type)) {
    throw invalid(`State type '${state.Type}' is not supported when a mock is specified`);
  }
  if (revealSecrets) throw invalid('TestState does not support RevealSecrets when a mock is specified.');
  if ((text === undefined) === (errorOutput === undefined)) {
    throw invalid('A test mock should have only one of the following fields: [result, errorOutput].');
  }
  if (text === undefined) {
    const { error, cause } = errorOutput ?? {};
    if (error === undefined) throw invalid('An error was not specified in the mocked error output.');
    checkConfiguration(state, configuration, undefined);
    return { kind: 'failed', error, cause };
  }
  const result = parsed(text, 'Mocked result must be valid JSON');
  if (state.Type === 'Task') await checkMockedResult(shown(state['Resource']), result, fieldValidationMode);
  else checkCollected(state, result);
  checkConfiguration(state, configuration, result);
  return { kind: 'succeeded', output: result };
};
