/** The process that the crash test kills: `node life.mjs <order as JSON>`. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listenAtCrashPoints } from '../../runtime/crashPoints.ts';
import type { Order } from './order.ts';

const order = JSON.parse(process.argv[2] ?? '') as Order;

const die = (reason: string) => {
  appendFileSync(join(order.dataDir, 'kills.log'), `${reason}\n`);
  process.kill(process.pid, 'SIGKILL');
};

/** From here on the life may end at a point. */
const arm = () => {
  const { arm: armed } = order;
  let left = armed?.nth ?? 0;
  if (armed) listenAtCrashPoints((point) => point === armed.point && --left === 0 && die(point));
};

if (order.killAfter !== undefined) setTimeout(() => die('at random'), order.killAfter);
// Each world is loaded only where it is lived in: the product's takes half a second to load.
const lives = {
  clearing: async () => (await import('./clearingLife.ts')).liveClearing(order, arm),
  machine: async () => (await import('./machineLife.ts')).liveMachine(order, arm),
  train: async () => (await import('./trainLife.ts')).liveTrain(order, arm),
};
const report = await lives[order.world]();
if (order.report !== undefined) writeFileSync(order.report, JSON.stringify(report));
process.exit(0);
