/** Executions that wait: how long they take to come back after SIGKILL, and how much memory they need. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRuntime } from '../runtime/index.ts';
import { states } from '../runtime/services/states/index.ts';

const recovered = 10_000;
const waiting = 100_000;
const batch = 500;
const name = 'waiting';
const stateMachineArn = `arn:aws:states:eu-west-1:000000000000:stateMachine:${name}`;
const root = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' } as const;

const definition = JSON.stringify({
  StartAt: 'First',
  States: {
    First: { Type: 'Pass', Result: { step: 1 }, ResultPath: '$.first', Next: 'Wait' },
    Wait: { Type: 'Wait', Seconds: 86_400, Next: 'Done' },
    Done: { Type: 'Succeed' },
  },
});

/** Runs in a process of its own: starts executions that wait, tells its memory, and waits to be killed. */
export const fillFolder = async (dataDir: string, count: number): Promise<void> => {
  const { world } = await openRuntime({ dataDir, services: [states] });
  const before = process.memoryUsage.rss();
  const roleArn = 'arn:aws:iam::000000000000:role/machine';
  await world.call(root, 'states', 'CreateStateMachine', { name, roleArn, definition });
  const start = (i: number) =>
    world.call(root, 'states', 'StartExecution', {
      stateMachineArn,
      name: `run-${i}`,
      input: JSON.stringify({ order: i, customer: `customer-${i}` }),
    });
  for (let from = 0; from < count; from += batch)
    await Promise.all(Array.from({ length: Math.min(batch, count - from) }, (_, i) => start(from + i)));
  globalThis.gc?.();
  process.stdout.write(`${process.memoryUsage.rss()} ${before}\n`);
  await new Promise((never) => setTimeout(never, 2 ** 31 - 1));
};

/** Lets the other process fill the folder and kills it; its memory at the end and before the first execution, in bytes. */
const filledAndKilled = (folder: string, count: number) =>
  new Promise<{ rss: number; before: number }>((resolve, reject) => {
    const entry = fileURLToPath(new URL('./engine.mjs', import.meta.url));
    const child = spawn(process.execPath, ['--expose-gc', entry, '--fill', folder, String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.endsWith('\n')) child.kill('SIGKILL');
    });
    child.on('exit', (code, signal) => {
      const [rss = 0, before = 0] = said.split(' ').map(Number);
      if (signal === 'SIGKILL' && rss > 0) resolve({ rss, before });
      else reject(new Error(`The process to be killed ended by itself (${code ?? signal})`));
    });
  });

const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

export const measureRecovery = async () => {
  const milliseconds = await inFolder(async (folder) => {
    await filledAndKilled(folder, recovered);
    const start = performance.now();
    await using runtime = await openRuntime({ dataDir: folder, services: [states] });
    const took = performance.now() - start;
    const { status } = (await runtime.world.call(root, 'states', 'DescribeExecution', {
      executionArn: `arn:aws:states:eu-west-1:000000000000:execution:${name}:run-${recovered - 1}`,
    })) as { status: string };
    if (status !== 'RUNNING') throw new Error(`The last execution is ${status} after the restart`);
    await runtime.close();
    return took;
  });
  const { rss, before } = await inFolder((folder) => filledAndKilled(folder, waiting));
  return {
    recovery: { executions: recovered, milliseconds, goal: 5_000 },
    memory: { executions: waiting, mebibytes: rss / 2 ** 20, bytesEach: (rss - before) / waiting, goal: 1_024 },
  };
};
