/**
 * Stand-ins for the services a machine calls. They note every call in a file before they answer, and answer by what they are
 * asked alone, so that the same call is answered alike in every life.
 */
import { appendFileSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { operation, type ServiceFactory } from '../../runtime/operation.ts';
import type { Effect } from './order.ts';

const payloadGrammar = z.looseObject({
  execution: z.string(),
  state: z.string(),
  idempotencyToken: z.string(),
  item: z.int().optional(),
  failTimes: z.int().optional(),
  taskToken: z.string().optional(),
});

export const effectsFile = (dataDir: string) => join(dataDir, 'effects.jsonl');
export const toldFile = (dataDir: string) => join(dataDir, 'told.jsonl');

export const linesOf = <T>(file: string): T[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as T)
    : [];

const write = (file: string, record: object) => appendFileSync(file, `${JSON.stringify(record)}\n`);

/** Every task token that was handed out, with the task's ARN and id inside. */
export const tokensOf = (dataDir: string): string[] => {
  const tokens = linesOf<Effect>(effectsFile(dataDir)).flatMap(({ payload }) => {
    const { taskToken } = payload as { taskToken?: string };
    return taskToken === undefined ? [] : [taskToken];
  });
  return [...new Set(tokens)];
};

export const worker =
  (dataDir: string): ServiceFactory =>
  () => ({
    name: 'lambda',
    protocol: 'restJson',
    state: undefined,
    operations: {
      Invoke: operation({
        input: z.looseObject({ Payload: z.instanceof(Uint8Array) }),
        needs: () => [],
        run: ({ Payload }) => {
          const text = new TextDecoder().decode(Payload);
          const { execution, state, item, idempotencyToken, failTimes = 0 } = payloadGrammar.parse(JSON.parse(text));
          const task = `${execution} ${state}${item === undefined ? '' : ` item ${item}`}`;
          write(effectsFile(dataDir), { task, idempotencyToken, payload: JSON.parse(text) } satisfies Effect);
          const retried = Number(state.split(':')[1]);
          const fails = retried < failTimes;
          const answer = fails ? { errorType: 'Flaky', errorMessage: `try ${retried}` } : { did: idempotencyToken };
          return {
            StatusCode: 200,
            Payload: new TextEncoder().encode(JSON.stringify(answer)),
            ...(fails && { FunctionError: 'Unhandled' }),
          };
        },
      }),
    },
  });

export interface Told {
  executionArn: string;
  status: string;
}

/** A bus that notes what it is told. */
export const bus =
  (dataDir: string): ServiceFactory =>
  () => ({
    name: 'events',
    protocol: 'awsJson1.1',
    state: undefined,
    operations: {
      PutEvents: operation({
        input: z.object({ Entries: z.array(z.looseObject({ Detail: z.string() })) }),
        needs: () => [],
        run: ({ Entries }) => {
          for (const { Detail } of Entries) {
            const { executionArn, status } = JSON.parse(Detail) as Told;
            write(toldFile(dataDir), { executionArn, status } satisfies Told);
          }
          return { FailedEntryCount: 0, Entries: Entries.map((_, i) => ({ EventId: String(i) })) };
        },
      }),
    },
  });

const carried = z.looseObject({ taskToken: z.string().optional(), attempt: z.string().optional() });

/** Notes what machines ask of real functions with a token by which a repetition can be told. */
export const noted =
  (dataDir: string) =>
  (factory: ServiceFactory): ServiceFactory =>
  (world) => {
    const service = factory(world);
    const { Invoke } = service.operations;
    if (service.name !== 'lambda' || !Invoke) return service;
    const run: typeof Invoke.run = (input: { FunctionName: string; Payload?: Uint8Array }, call) => {
      if (call.principal.kind === 'role' && input.Payload) {
        const payload = JSON.parse(new TextDecoder().decode(input.Payload)) as unknown;
        const { taskToken, attempt, ...rest } = carried.parse(payload);
        const idempotencyToken = taskToken ?? attempt;
        const task = `${input.FunctionName} ${JSON.stringify(rest)}`;
        if (idempotencyToken !== undefined)
          write(effectsFile(dataDir), { task, idempotencyToken, payload } satisfies Effect);
      }
      return Invoke.run(input, call);
    };
    return { ...service, operations: { ...service.operations, Invoke: { ...Invoke, run } } };
  };
