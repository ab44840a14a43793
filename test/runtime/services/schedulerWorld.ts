/** A runtime with EventBridge Scheduler under a clock that stands still, and a Lambda that notes what it is called with. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateScheduleCommand, SchedulerClient, type CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import * as z from 'zod';
import { testClock, type TestClock } from '../../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../../runtime/index.ts';
import { AwsError, operation, type ServiceFactory } from '../../../runtime/operation.ts';
import { scheduler } from '../../../runtime/services/scheduler/index.ts';

export interface Heard {
  /** What the schedule was told to send. */
  payload: string;
  /** Epoch ms. */
  at: number;
  by: string;
}

export interface SchedulerWorld {
  readonly clock: TestClock;
  readonly runtime: Runtime;
  readonly client: SchedulerClient;
  readonly heard: Heard[];
  /** What the next calls of the function end with. */
  readonly faults: AwsError[];
  create(input: Partial<CreateScheduleCommandInput>, text?: string): Promise<void>;
  /** Lets what is on its way arrive. */
  arrived(): Promise<void>;
  /** Passes virtual time, ringing alarms one by one and letting calls arrive in between. */
  pass(until: number): Promise<void>;
  /** Ends the process's runtime and opens it again. */
  restart(at?: number): Promise<void>;
  close(): Promise<void>;
}

export const functionArn = 'arn:aws:lambda:eu-west-1:000000000000:function:hears';
export const roleArn = 'arn:aws:iam::000000000000:role/scheduler';

export const openSchedulerWorld = async (
  start: number,
  more: readonly ServiceFactory[] = [],
): Promise<SchedulerWorld> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'scheduler-'));
  const heard: Heard[] = [];
  const faults: AwsError[] = [];
  let clock = testClock(start);
  let runtime: Runtime;

  const lambda: ServiceFactory = () => ({
    name: 'lambda',
    protocol: 'restJson',
    state: {},
    operations: {
      Invoke: operation({
        input: z.object({ FunctionName: z.literal(functionArn), Payload: z.instanceof(Uint8Array) }),
        needs: ({ FunctionName }) => [{ action: 'lambda:InvokeFunction', resource: FunctionName }],
        run({ Payload }, { principal }) {
          const fault = faults.shift();
          if (fault) throw fault;
          heard.push({ payload: new TextDecoder().decode(Payload), at: clock.now(), by: principal.arn });
          return { StatusCode: 202, Payload: new Uint8Array() };
        },
      }),
    },
  });

  const open = async () => {
    runtime = await openRuntime({ dataDir, clock, services: [lambda, scheduler, ...more] });
  };
  await open();
  /** Requests are signed with the time the runtime has. */
  const client = () =>
    new SchedulerClient({
      endpoint: runtime.endpoint,
      region: runtime.region,
      credentials: runtime.credentials,
      systemClockOffset: clock.now() - Date.now(),
      maxAttempts: 1,
    });

  const waiting = () =>
    Array.from(runtime.world.store.table<{ due: number }>('scheduler.deliveries').values()).filter(
      ({ due }) => due <= clock.now(),
    ).length;
  const arrived = async () => {
    for (let tries = 0; tries < 3000; tries++) {
      await clock.advanceTo(clock.now());
      await new Promise((wake) => setTimeout(wake, 1));
      if (waiting() === 0) return;
    }
    throw new Error('What is on its way does not arrive.');
  };

  return {
    get clock() {
      return clock;
    },
    get runtime() {
      return runtime;
    },
    get client() {
      return client();
    },
    heard,
    faults,
    arrived,
    async create(input, text) {
      await client().send(
        new CreateScheduleCommand({
          Name: 'nightly',
          ScheduleExpression: 'rate(1 day)',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: functionArn, RoleArn: roleArn, Input: text ?? '{"at":"<aws.scheduler.scheduled-time>"}' },
          ...input,
        }),
      );
    },
    async pass(until) {
      for (let next = clock.next(); next !== undefined && next <= until; next = clock.next()) {
        await clock.advanceTo(next);
        await arrived();
      }
      await clock.advanceTo(until);
    },
    async restart(at = clock.now()) {
      await runtime.close();
      clock = testClock(at);
      await open();
    },
    async close() {
      await runtime.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
