import { fork } from 'node:child_process';
import type { StartCarrier } from './carrier.ts';
import type { FromSandbox } from './sandboxProtocol.ts';

/** Kills a process with what it has started. */
const killGroup = (pid: number) => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // There is no such group any more: the process has just ended and is about to tell so.
  }
};

/**
 * Runs the sandbox in a process of its own, for native code: a thread cannot be ended while such code works without ending
 * this process with it, nor does its failure stay in the thread.
 */
export const startProcess: StartCarrier = ({ entry, data, env, heapMb }, { message, output, ended }) => {
  const child = fork(entry, [JSON.stringify({ data, runtimePid: process.pid })], {
    cwd: data.taskRoot,
    env,
    execArgv: [`--max-old-space-size=${heapMb}`],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C in the terminal is for the runtime, and what the function starts ends with it.
    detached: true,
  });
  child.on('message', (it) => message(it as FromSandbox));
  child.on('error', (error) => {
    output(String(error));
    if (child.pid === undefined) ended({ code: 1 });
  });
  // `exit` may come before the last messages are read; `close` does not.
  child.once('close', (code, signal) => ended(signal === null ? { code: code ?? 1 } : { signal }));
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => output(chunk.toString()));
  return {
    // One that has ended meanwhile tells so by itself.
    send: (invocation) => void child.send(invocation, () => {}),
    kill: () =>
      new Promise((resolve) => {
        if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        killGroup(child.pid);
      }),
  };
};
