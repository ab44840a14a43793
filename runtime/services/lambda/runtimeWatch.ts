/**
 * Thread beside a function in a process of its own: ends the process when the runtime that started it is gone, even while
 * the function's thread is in a loop and hears nothing. `workerData` is the runtime's process id.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../clock.ts';

const interval = 1000;

const look = () => {
  if (process.ppid !== workerData) process.kill(-process.pid, 'SIGKILL');
  systemClock.alarm(systemClock.now() + interval, look);
};

// Alarms keep no thread alive; a port that is listened to does.
parentPort?.on('message', () => {});
look();
