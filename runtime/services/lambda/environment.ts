import { Worker } from 'node:worker_threads';
import type { Clock } from '../../clock.ts';
import type { FromSandbox, FunctionFault, Invocation, SandboxData } from './sandboxProtocol.ts';

/** How one invocation ended. Exactly one of `payload` (JSON text) and `fault` is set. */
export interface Outcome {
  payload?: string;
  fault?: FunctionFault;
  /** Milliseconds in the handler. */
  duration: number;
  /** Milliseconds of the cold start this invocation waited for, where there was one. */
  initDuration?: number;
  /** Heap of the function, MB. */
  usedMb: number;
}

/** An execution environment: one worker thread holding one loaded function, running one event at a time. */
export interface Environment {
  readonly logStreamName: string;
  /** False once the worker has ended or was asked to. */
  readonly alive: boolean;
  /** Runs one event; never rejects. `onLine` hears every line the function writes meanwhile, before the promise resolves. */
  run(event: Omit<Invocation, 'remaining'>, timeoutSeconds: number, onLine: (text: string) => void): Promise<Outcome>;
  close(): Promise<void>;
}

export interface EnvironmentOptions {
  entry: string;
  clock: Clock;
  data: SandboxData;
  /** The whole environment of the worker: nothing of the host's is added. */
  env: Record<string, string>;
}

/** Lambda gives a cold start ten seconds before the invocation's own time begins. */
const initLimit = 10_000;

/** Node needs about 30 MB for itself: a 128 MB function gets at least this much heap. */
const smallestHeapMb = 128;

const mostEarlyLines = 1000;

const exitFault = (code: number, requestId: string): FunctionFault => ({
  errorType: 'Runtime.ExitError',
  errorMessage: `RequestId: ${requestId} Error: ${
    code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${code}`
  }`,
});

/** The worker ran out of its heap; AWS kills the process. */
const killedFault = (requestId: string): FunctionFault => ({
  errorType: 'Runtime.ExitError',
  errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
});

export const startEnvironment = ({ entry, clock, data, env }: EnvironmentOptions): Environment => {
  const startedAt = clock.now();
  const worker = new Worker(entry, {
    workerData: data,
    env,
    argv: [],
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
    name: `lambda ${data.functionName}`,
    resourceLimits: { maxOldGenerationSizeMb: Math.max(data.memorySize, smallestHeapMb) },
  });
  let alive = true;
  let readyAt: number | undefined;
  let fatal: FunctionFault | undefined;
  let outOfMemory = false;
  let exitCode: number | undefined;
  let onMessage: (message: FromSandbox) => void = () => {};
  let onEnd: () => void = () => {};
  /** Lines written between events (while the module loads, by a timer left running) go to the next event's log. */
  const early: string[] = [];
  const keepLine = (text: string) => void (early.length < mostEarlyLines && early.push(text));
  let onLine: (text: string) => void = keepLine;

  worker.on('message', (message: FromSandbox) => {
    if (message.kind === 'line') return onLine(message.text);
    if (message.kind === 'ready') readyAt = clock.now();
    if (message.kind === 'fatal') fatal = message.fault;
    onMessage(message);
  });
  worker.on('error', (error) => {
    outOfMemory ||= 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    onLine(String(error));
  });
  worker.once('exit', (code) => {
    alive = false;
    exitCode = code;
    onEnd();
  });
  // Only native code writes here: the sandbox captures what JavaScript writes.
  for (const stream of [worker.stdout, worker.stderr]) stream.on('data', (chunk: Buffer) => onLine(chunk.toString()));

  const close = async () => {
    alive = false;
    await worker.terminate();
  };

  const run: Environment['run'] = (event, timeoutSeconds, listener) =>
    new Promise((resolve) => {
      onLine = listener;
      for (const text of early.splice(0)) listener(text);
      const cold = readyAt === undefined;
      let begunAt = clock.now();
      let cancel = () => {};

      const finish = (ending: Pick<Outcome, 'payload' | 'fault'>, usedMb = 0) => {
        cancel();
        onMessage = () => {};
        onEnd = () => {};
        onLine = keepLine;
        resolve({
          ...ending,
          usedMb,
          duration: clock.now() - begunAt,
          ...(cold && { initDuration: (readyAt ?? clock.now()) - startedAt }),
        });
      };

      const timedOut = () => {
        void close();
        const seconds = timeoutSeconds.toFixed(2);
        listener(`${new Date(clock.now()).toISOString()} ${event.requestId} Task timed out after ${seconds} seconds\n`);
        const errorMessage = `RequestId: ${event.requestId} Error: Task timed out after ${seconds} seconds`;
        finish({ fault: { errorType: 'Sandbox.Timedout', errorMessage } });
      };

      const begin = () => {
        cancel();
        begunAt = clock.now();
        cancel = clock.alarm(begunAt + timeoutSeconds * 1000, timedOut);
        const invocation: Invocation = { ...event, remaining: timeoutSeconds * 1000 };
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
        worker.postMessage(invocation);
      };

      onEnd = () =>
        finish({
          fault: fatal ?? (outOfMemory ? killedFault(event.requestId) : exitFault(exitCode ?? 0, event.requestId)),
        });
      onMessage = (message) => {
        if (message.kind === 'ready') begin();
        else if (message.kind === 'result' && message.requestId === event.requestId)
          finish({ payload: message.payload }, message.usedMb);
        else if (message.kind === 'fault' && message.requestId === event.requestId)
          finish({ fault: message.fault }, message.usedMb);
      };

      if (!alive) onEnd();
      else if (cold) cancel = clock.alarm(begunAt + initLimit + timeoutSeconds * 1000, timedOut);
      else begin();
    });

  return {
    logStreamName: data.logStreamName,
    get alive() {
      return alive;
    },
    run,
    close,
  };
};
