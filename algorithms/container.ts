/**
 * The worker-thread entry that plays an algorithm's container. The runtime starts it with
 * `{ command: 'train' | 'serve', root, algorithm, stop }`; see `train.ts` and `serve.ts` for what each command does.
 * Neither ends with process.exit, which would drop log lines that are still on their way to the runtime.
 */
import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { serve } from './serve.ts';
import { train } from './train.ts';

const grammar = z.object({
  command: z.enum(['train', 'serve']),
  /** The folder that stands for /opt/ml. */
  root: z.string(),
  /** A name of the catalogue. */
  algorithm: z.string(),
  /** One element over a SharedArrayBuffer: 0, then 1 once the job was asked to stop (SIGTERM). */
  stop: z.instanceof(Int32Array),
});

const { command, root, algorithm, stop } = grammar.parse(workerData);
if (!parentPort) throw new Error('algorithms/container is a worker-thread entry; start it with new Worker().');

process.exitCode =
  command === 'train'
    ? await train(root, algorithm, () => Atomics.load(stop, 0) !== 0)
    : await serve(root, algorithm, parentPort);
