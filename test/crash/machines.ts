/** A machine that waits for everything an execution can wait for, and the machine it starts. */

const accountId = '000000000000';
export const region = 'eu-west-1';
export const roleArn = `arn:aws:iam::${accountId}:role/machine`;
export const machineArn = (name: string) => `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;

const about = {
  execution: '{% $states.context.Execution.Id %}',
  state: '{% $states.context.State.Name & ":" & $states.context.State.RetryCount %}',
  idempotencyToken: '{% $uuid() %}',
};

const invoke = (payload: object, more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'worker', Payload: { ...about, ...payload } },
  Output: '{% $states.result.Payload %}',
  ...more,
});

const nested = (resource: string, more: object = {}) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::states:${resource}`,
  Arguments: {
    StateMachineArn: machineArn('child'),
    Input: { parent: '{% $states.context.Execution.Id %}', by: '{% $states.context.State.Name %}' },
  },
  Output: '{% $states.result.ExecutionArn %}',
  ...more,
});

const branch = (name: string, state: object, rest: object = {}) => ({
  StartAt: name,
  States: { [name]: state, ...rest },
});

const parent = {
  QueryLanguage: 'JSONata',
  TimeoutSeconds: 864_000,
  StartAt: 'Draw',
  States: {
    Draw: { Type: 'Pass', Assign: { id: '{% $uuid() %}', die: '{% $random() < 2 %}' }, Next: 'Both' },
    Both: {
      Type: 'Parallel',
      Branches: [
        branch(
          'Flaky',
          invoke(
            { failTimes: 2 },
            {
              Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 1, BackoffRate: 1, JitterStrategy: 'FULL' }],
              End: true,
            },
          ),
        ),
        branch('Token', {
          ...invoke({ taskToken: '{% $states.context.Task.Token %}' }),
          Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
          Output: '{% $states.result %}',
          TimeoutSeconds: 86_400,
          HeartbeatSeconds: 43_200,
          End: true,
        }),
        branch('Nested', nested('startExecution.sync:2', { Output: '{% $states.result.Output %}', End: true })),
        branch(
          'Doomed',
          invoke({ failTimes: 99 }, { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }], End: true }),
          { Caught: { Type: 'Pass', Output: 'caught', End: true } },
        ),
      ],
      Next: 'Items',
    },
    Items: {
      Type: 'Map',
      Items: [1, 2, 3, 4, 5],
      MaxConcurrency: 2,
      ItemSelector: { item: '{% $states.context.Map.Item.Index %}' },
      ItemProcessor: branch('Item', invoke({ item: '{% $states.input.item %}' }, { End: true })),
      Next: 'Pause',
    },
    Pause: { Type: 'Wait', Seconds: 1, Next: 'Leave' },
    Leave: nested('startExecution', { Output: 'left', Next: 'Last' }),
    Last: invoke({ id: '{% $id %}', die: '{% $die %}' }, { End: true }),
  },
};

/** In JSONPath, so that its intrinsic functions are replayed too. */
const child = {
  StartAt: 'Work',
  States: {
    Work: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        FunctionName: 'worker',
        Payload: {
          'execution.$': '$$.Execution.Id',
          'state.$': "States.Format('{}:{}', $$.State.Name, $$.State.RetryCount)",
          'idempotencyToken.$': 'States.UUID()',
        },
      },
      OutputPath: '$.Payload',
      Retry: [{ ErrorEquals: ['Never'] }],
      Next: 'Done',
    },
    Done: { Type: 'Succeed' },
  },
};

export const definitions = { parent: JSON.stringify(parent), child: JSON.stringify(child) };
