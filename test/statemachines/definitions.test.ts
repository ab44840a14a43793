import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import validateDefinition from 'asl-validator';
import { parse } from 'yaml';

interface State {
  Type: string;
  Resource?: string;
  TimeoutSeconds?: number | string;
  Retry?: { ErrorEquals: string[]; MaxAttempts?: number; MaxDelaySeconds?: number; JitterStrategy?: string }[];
  Catch?: { ErrorEquals: string[] }[];
  Arguments?: { FunctionName?: string; StateMachineArn?: string };
  ItemProcessor?: { States: Record<string, State> };
}

const machines = readdirSync('statemachines').map((file) => {
  const text = readFileSync(`statemachines/${file}`, 'utf8');
  return [file.replace('.asl.yml', ''), parse(text) as { States: Record<string, State> }] as const;
});

const statesOf = (states: Record<string, State>): [string, State][] =>
  Object.entries(states).flatMap(([name, state]): [string, State][] => [
    [name, state],
    ...(state.ItemProcessor ? statesOf(state.ItemProcessor.States) : []),
  ]);

const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

describe.each(machines)('%s', (_, definition) => {
  const tasks = statesOf(definition.States).filter(([, { Type }]) => Type === 'Task');

  test('is Amazon States Language, its JSONata included', () => {
    // Placeholders become ARNs as CloudFormation would make them; the validator changes what it is given.
    const text = JSON.stringify(definition)
      .replaceAll(/\$\{\w+MachineArn\}/g, 'arn:aws:states:eu-west-1:000000000000:stateMachine:m')
      .replaceAll(/\$\{\w+\}/g, 'arn:aws:lambda:eu-west-1:000000000000:function:f');
    const { isValid, errorsText } = validateDefinition(JSON.parse(text));
    expect(isValid ? '' : errorsText('\n')).toBe('');
  });

  test.each(tasks)('%s has a time-out', (_name, { TimeoutSeconds }) =>
    // The user says how long to wait for an approval; the plan has checked it.
    TimeoutSeconds === '{% $approvalSeconds %}'
      ? expect(_name).toBe('Approve')
      : expect(TimeoutSeconds).toBeGreaterThan(0),
  );

  const ending = tasks.filter(([, { Arguments }]) => Arguments?.FunctionName === '${failArn}');
  const calling = tasks.filter((task) => task[1].Resource?.includes('lambda:invoke') && !ending.includes(task));

  if (ending.length > 0)
    test.each(ending)('%s lets what its function throws end the execution', (_name, { Retry = [], Catch }) => {
      expect(Catch).toBeUndefined();
      expect(Retry.flatMap(({ ErrorEquals }) => ErrorEquals).filter((name) => !name.startsWith('Lambda.'))).toEqual([]);
    });

  test.each(calling)(
    '%s retries passing faults only, with backoff and jitter, and catches everything',
    (_name, { Retry = [], Catch = [] }) => {
      expect(Retry).toHaveLength(2);
      expect(Retry[0]?.JitterStrategy).toBe('FULL');
      expect(Retry[0]?.ErrorEquals).toContain('PlatformError');
      expect(Retry[0]?.ErrorEquals.filter((name) => name !== 'PlatformError' && !name.startsWith('Lambda.'))).toEqual(
        [],
      );
      // Of a function that hung or whose sandbox died nobody knows what it did.
      expect(Retry[1]?.ErrorEquals).toEqual(['Sandbox.Timedout', 'Runtime.ExitError', 'Lambda.Unknown']);
      expect(Retry[1]?.MaxAttempts).toBe(2);
      expect(Catch.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
    },
  );

  const children = tasks.filter(([, { Resource = '' }]) => Resource.includes('startExecution'));
  if (children.length > 0)
    test.each(children)(
      '%s is started again when Step Functions is busy, for a start has a name',
      (_name, { Retry = [] }) =>
        expect(Retry.map(({ ErrorEquals }) => ErrorEquals)).toEqual([
          ['StepFunctions.AWSStepFunctionsException', 'StepFunctions.SdkClientException'],
        ]),
    );

  test.each(tasks.filter(([, { Arguments }]) => Arguments?.FunctionName))(
    '%s is called as its function is',
    (name, state) => {
      const fn = /^\$\{(\w+)Arn\}$/.exec(state.Arguments?.FunctionName ?? '')?.[1] ?? '?';
      expect(name.startsWith(pascal(fn))).toBe(true);
    },
  );
});
