/** Plays a recorded conversation with the API: the official SDK over the wire against a runtime whose time is virtual. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as sdk from '@aws-sdk/client-sfn';
import { testClock, type TestClock } from '../../runtime/clock.ts';
import { openRuntime, type Runtime } from '../../runtime/index.ts';
import { states } from '../../runtime/services/states/index.ts';
import { isObject, type Json, type JsonObject } from '../../runtime/asl/json.ts';
import type { Case, Compare } from './recording.ts';
import { functionStubs } from './functionStubs.ts';
import { answerDiffers, type Compared, type Refusal } from './stepAnswer.ts';
import { argumentsOf, type Done, type Step } from './stepArguments.ts';

/** `start_sync_execution` → `StartSyncExecution` */
const operationOf = (op: string) => op.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

type AnyCommand = Parameters<sdk.SFNClient['send']>[0];

const commandOf = (op: string, args: JsonObject): AnyCommand => {
  const name = `${operationOf(op)}Command`;
  const Command = (sdk as unknown as Record<string, (new (input: JsonObject) => AnyCommand) | undefined>)[name];
  if (!Command) throw new Error(`The SDK has no ${name}`);
  return new Command(args);
};

/** Members of an error that belong to its body rather than to the SDK. */
const bodyOf = (error: sdk.SFNServiceException): JsonObject => {
  const members = error as unknown as Record<string, Json | undefined>;
  const known = ['reason', 'resourceName'].flatMap((name) =>
    members[name] === undefined ? [] : [[name, members[name]] as const],
  );
  return Object.fromEntries(known);
};

const call = async ({ runtime, clock }: Opened, op: string, args: JsonObject): Promise<JsonObject | Refusal> => {
  // A new client for each call: its signatures are dated by the runtime's clock, which may have moved by months.
  const client = new sdk.SFNClient({
    endpoint: runtime.endpoint,
    region: runtime.region,
    credentials: runtime.credentials,
    maxAttempts: 1,
    disableHostPrefix: true,
    systemClockOffset: clock.now() - Date.now(),
  });
  try {
    const { $metadata, ...answer } = await client.send(commandOf(op, args));
    return {
      ...(answer as JsonObject),
      ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: $metadata.httpStatusCode ?? 0 },
    };
  } catch (error) {
    if (!(error instanceof sdk.SFNServiceException)) throw error;
    const { name, message, $metadata } = error;
    return { name, message, status: $metadata.httpStatusCode, members: bodyOf(error) };
  } finally {
    client.destroy();
  }
};

interface Opened {
  runtime: Runtime;
  clock: TestClock;
}

/** The recorder asked until it got the answer it waited for, and kept only that: so do we, while there is time to pass. */
const mayChange = /^(?:describe|list|get)_/;
const mostAlarms = 300;

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Operations that answer when something has happened: without time to pass they would keep us waiting. */
const waits = /^(?:get_activity_task|start_sync_execution|test_state)$/;

const whileTimePasses = async <T>(clock: TestClock, asked: Promise<T>): Promise<T> => {
  const state = { open: true };
  const closed = asked.finally(() => (state.open = false));
  for (let turn = 0; state.open; turn++) {
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 5))]);
    const next = clock.next();
    // What needs no time is given some of ours before virtual time passes.
    if (state.open && turn > 4 && next !== undefined) await clock.advanceTo(next);
  }
  return closed;
};

const answered = async (opened: Opened, step: Step, args: JsonObject, at: Compared) => {
  const { clock } = opened;
  const { op, expect } = step;
  for (let passed = 0; ; passed++) {
    const answer = await (waits.test(op) ? whileTimePasses(clock, call(opened, op, args)) : call(opened, op, args));
    const difference = expect === undefined ? null : answerDiffers(expect, operationOf(op), answer, at);
    if (difference === null || !mayChange.test(op) || passed === mostAlarms) return { answer, difference };
    for (let i = 0; i < 5; i++) await settle();
    await clock.advance(0);
    const next = clock.next();
    if (passed > 0 && next === undefined) return { answer, difference };
    if (passed > 0 && next !== undefined) await clock.advanceTo(next);
  }
};

const played = async (opened: Opened, it: Case, compare: Compare): Promise<string | null> => {
  const done: Done[] = [];
  const at: Compared = { compare, recorded: it.recorded, bound: new Map(), sent: '' };
  const steps = it.steps ?? [];
  for (const [i, step] of steps.entries()) {
    const args = argumentsOf({ step, later: steps.slice(i + 1), done });
    at.sent += JSON.stringify(args);
    const { answer, difference } = await answered(opened, step, args, at);
    if (difference !== null) return `step ${i} ${step.op}: ${difference}`;
    const refused = isObject(answer['members']) && typeof answer['message'] === 'string';
    if (refused !== (step.fails === true))
      return `step ${i} ${step.op}: want ${step.fails ? 'a refusal' : 'an answer'} got ${JSON.stringify(answer).slice(0, 300)}`;
    done.push({ step, answer: answer as JsonObject });
  }
  return null;
};

/** Null when every step is answered as it was by AWS, else the first difference. */
export const playSteps = async (it: Case, compare: Compare): Promise<string | null> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'conformance-'));
  const clock = testClock(Date.now());
  try {
    const runtime = await openRuntime({
      dataDir,
      clock,
      region: 'us-east-1',
      services: [states, functionStubs(compare)],
    });
    try {
      return await played({ runtime, clock }, it, compare);
    } finally {
      await runtime.close();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
};
