import type { Clock } from '../../clock.ts';
import type { CarrierOptions, Ending, StartCarrier } from './carrier.ts';
import type { FromSandbox, FunctionFault, Invocation } from './sandboxProtocol.ts';

/** How one invocation ended. Exactly one of `payload` (JSON text) and `fault` is set. */
export interface Outcome {
  payload?: string;
  fault?: FunctionFault;
  /** Milliseconds in the handler. */
  duration: number;
  /** Milliseconds of the cold start this invocation waited for, where there was one. */
  initDuration?: number;
  /** Memory of the function, MB. */
  usedMb: number;
}

/** An execution environment: a carrier holding one loaded function, running one event at a time. */
export interface Environment {
  readonly logStreamName: string;
  /** False once the carrier has ended or was asked to. */
  readonly alive: boolean;
  /** Runs one event; never rejects. `onLine` hears every line the function writes meanwhile, before the promise resolves. */
  run(event: Omit<Invocation, 'remaining'>, timeoutSeconds: number, onLine: (text: string) => void): Promise<Outcome>;
  close(): Promise<void>;
}

export interface EnvironmentOptions extends Omit<CarrierOptions, 'heapMb'> {
  clock: Clock;
  carry: StartCarrier;
}

/** Lambda gives a cold start ten seconds before the invocation's own time begins. */
const initLimit = 10_000;

/** Node needs about 30 MB for itself: a 128 MB function gets at least this much heap. */
const smallestHeapMb = 128;

const mostEarlyLines = 1000;

/** As AWS words them, after Go's names for signals. */
const signalNames: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGILL: 'illegal instruction',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};

const endFault = (ending: Ending, requestId: string): FunctionFault => {
  const reason =
    'signal' in ending
      ? `Runtime exited with error: signal: ${signalNames[ending.signal] ?? ending.signal}`
      : ending.code === 0
        ? 'Runtime exited without providing a reason'
        : `Runtime exited with error: exit status ${ending.code}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${reason}` };
};

export const startEnvironment = ({ carry, clock, ...options }: EnvironmentOptions): Environment => {
  const { data } = options;
  const startedAt = clock.now();
  let alive = true;
  let readyAt: number | undefined;
  let fatal: FunctionFault | undefined;
  let ending: Ending = { code: 0 };
  let onMessage: (message: FromSandbox) => void = () => {};
  let onEnd: () => void = () => {};
  /** Lines written between events (while the module loads, by a timer left running) go to the next event's log. */
  const early: string[] = [];
  const keepLine = (text: string) => void (early.length < mostEarlyLines && early.push(text));
  let onLine: (text: string) => void = keepLine;

  const carrier = carry(
    { ...options, heapMb: Math.max(data.memorySize, smallestHeapMb) },
    {
      message(message) {
        if (message.kind === 'line') return onLine(message.text);
        if (message.kind === 'ready') readyAt = clock.now();
        if (message.kind === 'fatal') fatal = message.fault;
        onMessage(message);
      },
      output: (text) => onLine(text),
      ended(how) {
        alive = false;
        ending = how;
        onEnd();
      },
    },
  );

  const close = async () => {
    alive = false;
    await carrier.kill();
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
        carrier.send({ ...event, remaining: timeoutSeconds * 1000 });
      };

      onEnd = () => finish({ fault: fatal ?? endFault(ending, event.requestId) });
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
