/** The sandbox's end of what it and the runtime tell each other, in a thread or in a process of its own. */
import { dirname, join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { parentPort, Worker, workerData, type MessagePort } from 'node:worker_threads';
import type { FromSandbox, Invocation, SandboxData } from './sandboxProtocol.ts';

export interface SandboxPort {
  data: SandboxData;
  tell: (message: FromSandbox) => void;
  /** Tells, and ends the environment as failed once that is on its way. */
  tellAndExit: (message: FromSandbox) => void;
  hear: (listener: (invocation: Invocation) => void) => void;
  /** The memory of the function, MB: its heap in a thread, the most its process ever had. */
  usedMb: () => number;
}

const threadPort = (port: MessagePort): SandboxPort => {
  const tell = (message: FromSandbox) => port.postMessage(message);
  return {
    data: workerData as SandboxData,
    tell,
    tellAndExit(message) {
      tell(message);
      process.exit(1);
    },
    hear: (listener) => void port.on('message', listener),
    usedMb() {
      const heap = getHeapStatistics();
      return Math.ceil((heap.total_heap_size + heap.external_memory) / 2 ** 20);
    },
  };
};

const processPort = (): SandboxPort => {
  const [, entry = ''] = process.argv;
  const [given = ''] = process.argv.splice(2);
  const { data, runtimePid } = JSON.parse(given) as { data: SandboxData; runtimePid: number };
  const send = process.send?.bind(process);
  if (!send) throw new Error('The sandbox must run as a worker thread or as a forked process');
  // The function's code finds none, as on Lambda.
  Reflect.deleteProperty(process, 'send');
  process.title = `lambda ${data.functionName}`;
  process.once('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
  new Worker(join(dirname(entry), 'runtimeWatch.mjs'), { workerData: runtimePid, env: {}, execArgv: [] }).unref();
  return {
    data,
    tell: (message) => void send(message, undefined, undefined, () => {}),
    tellAndExit: (message) => void send(message, undefined, undefined, () => process.exit(1)),
    hear: (listener) => void process.on('message', (it) => listener(it as Invocation)),
    usedMb: () => Math.ceil(process.resourceUsage().maxRSS / 2 ** 10),
  };
};

export const openSandboxPort = (): SandboxPort => (parentPort ? threadPort(parentPort) : processPort());
