/**
 * One container that serves a model. Requests wait in a queue; a few at a time are with the container. A container that
 * ends by itself loses those and is started again for the rest; one that does not answer in time is ended, as nothing else
 * could free its thread.
 */
import type { World } from '../../operation.ts';
import { runContainer, type Container, type RunningContainer } from './container.ts';
import { JobFailure } from './failures.ts';

export interface Invocation {
  contentType: string;
  accept: string;
  body: Uint8Array;
}

export interface Reply {
  status: number;
  contentType: string;
  body: Uint8Array;
}

/** The container ended, or did not answer, while it had the request. */
export class LostInvocation extends Error {
  override name = 'LostInvocation';
  readonly timedOut: boolean;
  constructor(message: string, timedOut: boolean) {
    super(message);
    this.timedOut = timedOut;
  }
}

export interface ModelServer {
  /** Starts the container if it is not running; resolves once it answers the ping. Throws JobFailure. */
  ready(): Promise<void>;
  /** Throws LostInvocation, or JobFailure when no container can be started. */
  invoke(invocation: Invocation): Promise<Reply>;
  /** Lets the requests it has end, then ends the container. */
  drain(): Promise<void>;
  /** Ends the container at once. */
  close(): Promise<void>;
}

export interface ModelServerOptions {
  world: World;
  container: Container;
  /** Folder that stands for /opt/ml. */
  root: string;
  environment: Readonly<Record<string, string>>;
  line: (text: string) => void;
  /** Time (ms) until the first ping must be answered. */
  startup: number;
  /** Time (ms) an invocation may take once the container has it. */
  timeout: number;
}

interface Waiting {
  invocation: Invocation;
  resolve: (reply: Reply) => void;
  reject: (error: unknown) => void;
}

/** Requests with the container at once: it works on one, the others save the way to and fro. */
const pipelined = 4;
/** Beyond this many waiting requests the server is overloaded. */
const queueLimit = 2_000;

export const openModelServer = (options: ModelServerOptions): ModelServer => {
  const { clock } = options.world;
  const queue: Waiting[] = [];
  const inFlight = new Map<number, Waiting & { cancel: () => void }>();
  let lastId = 0;
  let running: RunningContainer | undefined;
  let starting: Promise<void> | undefined;
  let isReady = false;
  let closed = false;
  let idle: (() => void) | undefined;

  const checkIdle = () => {
    if (queue.length === 0 && inFlight.size === 0) idle?.();
  };
  const settle = (id: number, finish: (waiting: Waiting) => void) => {
    const waiting = inFlight.get(id);
    if (!waiting) return;
    inFlight.delete(id);
    waiting.cancel();
    finish(waiting);
    checkIdle();
  };
  const loseInFlight = (message: string, timedOut: boolean) => {
    for (const id of inFlight.keys()) settle(id, ({ reject }) => reject(new LostInvocation(message, timedOut)));
  };
  const give = () => {
    const target = running;
    if (!isReady || !target) return;
    for (const waiting of queue.splice(0, pipelined - inFlight.size)) {
      const id = ++lastId;
      const cancel = clock.alarm(clock.now() + options.timeout, () => {
        const lost = new LostInvocation('the container did not answer in time', true);
        settle(id, ({ reject }) => reject(lost));
        isReady = false;
        void target.kill();
      });
      inFlight.set(id, { ...waiting, cancel });
      // eslint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread's message has no origin
      target.worker.postMessage({ id, ...waiting.invocation });
    }
  };

  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const { container, root, environment, line } = options;
      const mine = runContainer(container, { command: 'serve', root, environment, line });
      let served = false;
      running = mine;
      const cancel = clock.alarm(clock.now() + options.startup, () => void mine.kill());
      mine.worker.on('message', (message: { ready?: boolean } & { id?: number } & Reply) => {
        if (message.ready) {
          cancel();
          served = true;
          isReady = true;
          resolve();
          give();
        } else if (message.id !== undefined) {
          const { id: _, ...reply } = message;
          settle(message.id, (waiting) => waiting.resolve(reply));
          give();
        }
      });
      const ended = (code: number): void => {
        cancel();
        reject(new JobFailure(`the container ended with exit code ${code} before it answered the ping`));
        running = undefined;
        isReady = false;
        starting = undefined;
        loseInFlight(`the container ended with exit code ${code}`, false);
        // Requests that came while it was being killed wait for the next one; one that never served has refused them.
        if (served && queue.length > 0 && !closed) void ensure().catch(() => {});
        checkIdle();
      };
      void mine.exited.then(ended);
    });

  const ensure = (): Promise<void> => {
    if (closed) return Promise.reject(new JobFailure('the model server was closed'));
    starting ??= start().catch((error: unknown) => {
      for (const { reject } of queue.splice(0)) reject(error);
      checkIdle();
      throw error;
    });
    return starting;
  };

  const close = async () => {
    closed = true;
    for (const { reject } of queue.splice(0)) reject(new LostInvocation('the model server was closed', false));
    await running?.kill();
  };

  return {
    ready: ensure,
    invoke: (invocation) =>
      new Promise((resolve, reject) => {
        if (queue.length >= queueLimit)
          return reject(new JobFailure('too many requests are waiting for the container'));
        queue.push({ invocation, resolve, reject });
        ensure().then(give, reject);
      }),
    async drain() {
      await new Promise<void>((resolve) => {
        idle = resolve;
        checkIdle();
      });
      await close();
    },
    close,
  };
};
