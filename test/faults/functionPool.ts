/**
 * Functions run in this very process, so that they share its time and each of their calls can be told from the others: every
 * environment has a session of its own, and runs one event at a time as on Lambda.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../cli/project.ts';
import type { World } from '../../runtime/operation.ts';
import type { EnvironmentPool, InvocationEvent, Invoked } from '../../runtime/services/lambda/environmentPool.ts';
import { newLogStreamName, openFunctionLog, type FunctionLog } from '../../runtime/services/lambda/functionLog.ts';
import type { FunctionRecord } from '../../runtime/services/lambda/functionRecord.ts';
import { faultOf, type Handler } from '../../runtime/services/lambda/handlerLoading.ts';
import type { VirtualTime } from './virtualTime.ts';

/** One event that a function works on. */
export interface Invocation {
  /** As serverless.yml names it: `triggers-s3`. */
  functionName: string;
  requestId: string;
  /** Of this attempt: an event that is tried again keeps its request id. */
  attempt: number;
  payload: string;
  /** It waits for an answer that never comes. */
  hung: boolean;
  /** Waits that it sits out, as the SDK does before it asks again. */
  asleep: number;
  /** Lambda has given it up: nothing of it reaches AWS any more. */
  over: boolean;
}

export interface FunctionPool extends EnvironmentPool {
  /** The event that the holder of a session's credentials works on. */
  invocationOf(sessionName: string): Invocation | undefined;
  running(): Invocation[];
}

/** What code of a function runs in. */
interface Surroundings {
  environment: Record<string, string>;
  invocation?: Invocation;
}

interface Instance extends Surroundings {
  sessionName: string;
  handler: Handler;
  log: FunctionLog;
}

const surroundings = new AsyncLocalStorage<Surroundings>();

/** A promise that is resolved by time alone: nothing else goes on behind it, as it does behind a request's limit. */
const isPause = (wake: (...args: never[]) => void) =>
  wake.name === '' && Function.prototype.toString.call(wake).includes('[native code]');

/** Functions wait in virtual time, too: whoever is left without an answer gives up when time leaps. */
const waitVirtually = ({ clock }: VirtualTime) => {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const cancels = new WeakMap<object, () => void>();
  const later = (wake: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    const invocation = surroundings.getStore()?.invocation;
    const pauses = invocation !== undefined && isPause(wake);
    if (!pauses && (surroundings.getStore() === undefined || ms < 1000)) return set(wake, ms, ...args);
    if (pauses) invocation.asleep++;
    const timer = { unref: () => timer, ref: () => timer, hasRef: () => false, refresh: () => timer };
    cancels.set(
      timer,
      clock.alarm(clock.now() + ms, () => {
        if (pauses) invocation.asleep--;
        wake(...args);
      }),
    );
    return timer;
  };
  Object.defineProperties(later, Object.getOwnPropertyDescriptors(set));
  globalThis.setTimeout = later as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((timer?: NodeJS.Timeout) => {
    const cancel = timer && cancels.get(timer);
    if (cancel) cancel();
    else clear(timer);
  }) as typeof clearTimeout;
};

/** Each function sees its own variables, everybody else the process's. */
const splitEnvironment = () => {
  const own = process.env;
  const seen = () => surroundings.getStore()?.environment ?? own;
  process.env = new Proxy(own, {
    get: (_, name) => Reflect.get(seen(), name) as unknown,
    set: (_, name, value) => Reflect.set(seen(), name, value),
    has: (_, name) => Reflect.has(seen(), name),
    ownKeys: () => Reflect.ownKeys(seen()),
    getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(seen(), name),
  });
};

export const shortName = (functionName: string) => functionName.replace(/^sluice-dev-/, '');

/** `isLost`: whether an event does not come to its function, of which nobody hears. */
export const openFunctionPool = (
  world: World,
  time: VirtualTime,
  isLost: (functionName: string, payload: string) => boolean,
): FunctionPool => {
  splitEnvironment();
  waitVirtually(time);
  const idle = new Map<string, Instance[]>();
  const bySession = new Map<string, Instance>();
  const running = new Set<Invocation>();
  let made = 0;
  let begun = 0;

  const make = async (fn: FunctionRecord): Promise<Instance> => {
    const sessionName = `${fn.name}.${++made}`;
    const credentials = world.credentialsFor(fn.role, sessionName);
    const environment = {
      ...fn.environment,
      PATH: process.env['PATH'] ?? '',
      TMPDIR: world.dataDir,
      AWS_REGION: world.region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
      AWS_ENDPOINT_URL: world.endpoint,
      AWS_LAMBDA_FUNCTION_NAME: fn.name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memorySize),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_METRICS_DISABLED: 'true',
    };
    const file = join(projectRoot, fn.handler.replace(/\.handler$/, '.mjs'));
    const module = await surroundings.run(
      { environment },
      () => import(`${pathToFileURL(file).href}?${made}`) as Promise<{ handler: Handler }>,
    );
    const principal = { kind: 'role', roleArn: fn.role, sessionName, arn: fn.role } as const;
    const log = openFunctionLog(world, principal, fn.logGroup, newLogStreamName(world));
    const instance = { sessionName, environment, handler: module.handler, log };
    bySession.set(sessionName, instance);
    return instance;
  };

  const run = async (fn: FunctionRecord, event: InvocationEvent): Promise<Invoked> => {
    const { requestId, payload } = event;
    if (isLost(shortName(fn.name), payload)) return { payload: 'null', duration: 0, usedMb: 0, logTail: '' };
    const invocation = {
      functionName: shortName(fn.name),
      requestId,
      attempt: ++begun,
      payload,
      hung: false,
      asleep: 0,
      over: false,
    };
    running.add(invocation);
    time.stir();
    const instance = idle.get(fn.name)?.pop() ?? (await make(fn));
    instance.invocation = invocation;
    const began = time.clock.now();
    const limit = fn.timeout * 1000;
    const context = {
      functionName: fn.name,
      awsRequestId: requestId,
      invokedFunctionArn: fn.arn,
      memoryLimitInMB: String(fn.memorySize),
      getRemainingTimeInMillis: () => Math.max(0, began + limit - time.clock.now()),
    };
    let cancel = () => {};
    const timedOut = new Promise<Pick<Invoked, 'fault'>>((resolve) => {
      cancel = time.clock.alarm(began + limit, () => {
        invocation.over = true;
        const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${fn.timeout.toFixed(2)} seconds`;
        resolve({ fault: { errorType: 'Sandbox.Timedout', errorMessage } });
      });
    });
    const answered = surroundings.run(instance, async (): Promise<Pick<Invoked, 'payload' | 'fault'>> => {
      try {
        return { payload: JSON.stringify(await instance.handler(JSON.parse(payload), context)) ?? 'null' };
      } catch (thrown) {
        return { fault: faultOf(thrown) };
      }
    });
    const outcome = await Promise.race([answered, timedOut]);
    cancel();
    instance.log.write(`END RequestId: ${requestId}\n`);
    running.delete(invocation);
    time.stir();
    // An environment whose event was given up is never used again.
    if (!invocation.over) idle.set(fn.name, [...(idle.get(fn.name) ?? []), instance]);
    return { ...outcome, duration: time.clock.now() - began, usedMb: 0, logTail: '' };
  };

  return {
    run,
    retire: (functionName) => void idle.delete(functionName),
    close: async () => {},
    invocationOf: (sessionName) => bySession.get(sessionName)?.invocation,
    running: () => Array.from(running),
  };
};
