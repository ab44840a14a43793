/**
 * A container is a worker thread. It gets the folder that stands for /opt/ml, an environment of its own and a flag that
 * stands for SIGTERM; what it writes to stdout and stderr is its log, line by line.
 */
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';

/** The local stand-in for an image: what `docker run <image>` would start. */
export interface Container {
  /** Module of the worker thread. */
  entry: string | URL;
  /** Added to the worker's data, such as `{ algorithm: 'xgboost' }`. */
  workerData?: Record<string, unknown>;
  /** Only for built-in algorithms: what SageMaker scrapes from their logs by itself. */
  metricDefinitions?: readonly { Name: string; Regex: string }[];
}

export interface RunOptions {
  command: 'train' | 'serve';
  /** The folder that stands for /opt/ml. */
  root: string;
  environment: Readonly<Record<string, string>>;
  line: (text: string) => void;
}

export interface RunningContainer {
  worker: Worker;
  /** SIGTERM: the container may look at it and end by itself. */
  terminate(): void;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** The exit code, after every line of the log was read. */
  exited: Promise<number>;
}

const linesRead = (stream: NodeJS.ReadableStream, line: (text: string) => void): Promise<void> =>
  new Promise((resolve) => {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', line).once('close', resolve);
  });

export const runContainer = (
  { entry, workerData = {} }: Container,
  { command, root, environment, line }: RunOptions,
): RunningContainer => {
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(entry, {
    workerData: { ...workerData, command, root, stop },
    env: { ...environment },
    stdout: true,
    stderr: true,
  });
  const read = Promise.all([linesRead(worker.stdout, line), linesRead(worker.stderr, line)]);
  // An error that the worker did not catch ends it with code 1; its text belongs into the log.
  worker.on('error', (error) => line(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  const exited = new Promise<number>((resolve) => {
    worker.once('exit', (code) => void read.then(() => resolve(code)));
  });
  return {
    worker,
    terminate: () => void Atomics.store(stop, 0, 1),
    kill: async () => void (await worker.terminate()),
    exited,
  };
};
