import * as z from 'zod';
import type { Command, Execution, LookCommand } from '../../asl/execution.ts';
import { isObject, shown, type Json, type JsonObject } from '../../asl/json.ts';
import { newExecution } from '../../asl/step.ts';
import { tryState, type TrialAnswer, type Tried } from '../../asl/trial.ts';
import { operation, type Call, type World } from '../../operation.ts';
import { checkSupported } from './checkDefinition.ts';
import { performer } from './integrations/index.ts';
import { arn } from './names.ts';
import { passRole } from './parts.ts';
import { executionInput } from './executionInput.ts';
import type { StatesState } from './statesState.ts';
import { readContext } from './testState/context.ts';
import { testedState, type Tested } from './testState/definition.ts';
import {
  checkUnmocked,
  invalid,
  mockInput,
  readMock,
  stateConfigurationInput,
  waitsForAnswer,
} from './testState/mock.ts';

const input = z.strictObject({
  definition: z.string().min(1).max(1_048_576),
  roleArn: arn.optional(),
  input: z.string().max(262_144).optional(),
  inspectionLevel: z.enum(['INFO', 'DEBUG', 'TRACE']).optional(),
  // Nothing secret is ever shown: there are no connections whose secrets an HTTP Task would use.
  revealSecrets: z.boolean().optional(),
  variables: z.string().max(262_144).optional(),
  stateName: z.string().min(1).max(80).optional(),
  mock: mockInput.optional(),
  context: z.string().max(262_144).optional(),
  stateConfiguration: stateConfigurationInput.optional(),
});

/** A test may take this long (ms). */
const longest = 300_000;

/** An execution that is never kept: the state is tried in it. */
const executionOf = (world: World, roleArn: string | undefined, given: Json): Execution => {
  const [machineName, name] = [world.ids.uuid(), world.ids.uuid()];
  const prefix = `arn:${world.partition}:states:${world.region}:${world.accountId}`;
  const execution = newExecution({
    arn: `${prefix}:express:${machineName}:${name}`,
    name,
    machineArn: `${prefix}:stateMachine:${machineName}`,
    machineName,
    roleArn: roleArn ?? '',
    accountId: world.accountId,
    region: world.region,
    type: 'EXPRESS',
  });
  return { ...execution, input: given, startedAt: world.clock.now(), random: { seed: world.ids.hex(16), drawn: 0 } };
};

const contextFor = (
  { identity, input, startedAt, random }: Execution,
  { name, state }: Tested,
  retries: number,
): JsonObject => {
  const at = new Date(startedAt).toISOString();
  const { arn, name: executionName, roleArn, machineArn, machineName } = identity;
  return {
    Execution: {
      Id: arn,
      Input: input,
      Name: executionName,
      ...(roleArn !== '' && { RoleArn: roleArn }),
      StartTime: at,
    },
    State: { EnteredTime: at, Name: name, RetryCount: retries },
    StateMachine: { Id: machineArn, Name: machineName },
    ...(shown(state['Resource']).endsWith('.waitForTaskToken') && { Task: { Token: random.seed } }),
  };
};

/** Waits for an alarm, or has a task carried out; both for no longer than a test may take. */
const answerer =
  (world: World, state: StatesState, execution: Execution) =>
  (command: Exclude<Command, LookCommand>): Promise<TrialAnswer> =>
    new Promise((resolve) => {
      const limit = execution.startedAt + longest;
      const abort = new AbortController();
      const ends = (command.kind === 'alarm' ? command.at : command.deadline) ?? limit;
      const rings = command.kind === 'alarm' && ends <= limit;
      const cancel = world.clock.alarm(Math.min(ends, limit), () => {
        abort.abort();
        resolve(rings ? { kind: 'rang' } : { kind: 'timedOut' });
      });
      if (command.kind === 'alarm') return;
      const tell = (answer: { kind: string }) => {
        if (answer.kind !== 'succeeded' && answer.kind !== 'failed') return;
        cancel();
        resolve(answer as TrialAnswer);
      };
      performer(world, state)(command, execution, tell, abort.signal);
    });

const variablesOf = (text: string | undefined): JsonObject => {
  if (text === undefined) return {};
  try {
    const variables = JSON.parse(text) as Json;
    if (isObject(variables)) return variables;
  } catch {
    // Told below, as for any other text that is no object.
  }
  throw invalid('Variables must be a valid JSON object');
};

/** Members of InspectionData that are not JSON in a text. */
const plain = new Set(['errorDetails', 'maxConcurrency', 'toleratedFailureCount', 'toleratedFailurePercentage']);

const answered = ({ status, output, error, cause, nextState, seen }: Tried, inspects: boolean) => {
  const shown = Object.entries(seen).map(([name, value]) => [name, plain.has(name) ? value : JSON.stringify(value)]);
  return {
    status,
    ...(output !== undefined && { output: JSON.stringify(output) }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    ...(nextState !== undefined && { nextState }),
    ...(inspects && { inspectionData: Object.fromEntries(shown) as Record<string, unknown> }),
  };
};

/** Tries one state, for real with a role or with a mocked answer; nothing of it is kept. */
export const testState = operation({
  input,
  needs: ({ roleArn, revealSecrets }) => [
    { action: 'states:TestState', resource: '*' },
    ...(revealSecrets ? [{ action: 'states:RevealSecrets', resource: '*' }] : []),
    ...(roleArn === undefined ? [] : [passRole(roleArn)]),
  ],
  async run(
    {
      definition,
      roleArn,
      input: text = '{}',
      inspectionLevel,
      revealSecrets = false,
      variables,
      stateName,
      mock,
      context,
      stateConfiguration = {},
    },
    { world, state }: Call<StatesState>,
  ) {
    const tested = testedState(definition, stateName);
    if (!mock) {
      checkUnmocked(tested.state, context, stateConfiguration, roleArn);
      checkSupported(tested.state);
    }
    const mocked = mock && (await readMock(tested.state, mock, stateConfiguration, revealSecrets));
    const given = executionInput(text);
    const execution = executionOf(world, roleArn, given);
    const {
      retrierRetryCount: retries = 0,
      mapIterationFailureCount = 0,
      mapItemReaderData: itemReaderData,
    } = stateConfiguration;
    const carryOut = answerer(world, state, execution);
    const tried = await tryState({
      ...tested,
      execution,
      input: given,
      variables: variablesOf(variables),
      context:
        context === undefined
          ? contextFor(execution, tested, retries)
          : readContext(context, waitsForAnswer(tested.state)),
      now: execution.startedAt,
      retries,
      mocked,
      failedIterations: mapIterationFailureCount,
      itemReaderData,
      answer: (command) => (mocked ? Promise.resolve(mocked) : carryOut(command)),
    });
    return answered(tried, inspectionLevel === 'DEBUG' || inspectionLevel === 'TRACE');
  },
});
