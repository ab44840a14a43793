import { Worker } from 'node:worker_threads';
import type { StartCarrier } from './carrier.ts';
import type { FromSandbox } from './sandboxProtocol.ts';

/** Runs the sandbox in a thread of this process: quick to start, and safe for JavaScript only. */
export const startThread: StartCarrier = ({ entry, data, env, heapMb }, { message, output, ended }) => {
  const worker = new Worker(entry, {
    workerData: data,
    env,
    argv: [],
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
    name: `lambda ${data.functionName}`,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  let outOfMemory = false;
  worker.on('message', (it: FromSandbox) => message(it));
  worker.on('error', (error) => {
    outOfMemory ||= 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    output(String(error));
  });
  // A thread out of its heap is to its function what the kernel's signal is on AWS.
  worker.once('exit', (code) => ended(outOfMemory ? { signal: 'SIGKILL' } : { code }));
  for (const stream of [worker.stdout, worker.stderr]) stream.on('data', (chunk: Buffer) => output(chunk.toString()));
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
    send: (invocation) => worker.postMessage(invocation),
    async kill() {
      await worker.terminate();
    },
  };
};
