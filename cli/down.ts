/** sluice down: asks the process of `sluice up` to stop, and waits until it has. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { findRunning } from './connection.ts';
import { dataDirOf } from './options.ts';
import { print } from './terminal.ts';

export const down = (program: Command) =>
  program
    .command('down')
    .description('stop the embedded AWS that `sluice up` started; what is under way goes on at the next start')
    .action(async (_: unknown, command: Command) => {
      const running = await findRunning(dataDirOf(command));
      if (!running) return print('Nothing is up on this data folder.');
      process.kill(running.pid, 'SIGTERM');
      for (let tries = 0; tries < 150 && alive(running.pid); tries++) await wait(100);
      if (alive(running.pid)) throw new Error(`Process ${running.pid} did not stop within 15 s.`);
      print('Stopped.');
    });

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
