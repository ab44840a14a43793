/** The process that the crash test kills: `node life.mjs <order as JSON>`. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listenAtCrashPoints } from '../../runtime/crashPoints.ts';
import { liveMachine } from './machineLife.ts';
import type { Order } from './order.ts';
import { liveTrain } from './trainLife.ts';

const order = JSON.parse(process.argv[2] ?? '') as Order;

const die = (reason: string) => {
  appendFileSync(join(order.dataDir, 'kills.log'), `${reason}\n`);
  process.kill(process.pid, 'SIGKILL');
};

/** From here on the life may end at any moment. */
const arm = () => {
  const { arm: armed, killAfter } = order;
  let left = armed?.nth ?? 0;
  if (armed) listenAtCrashPoints((point) => point === armed.point && --left === 0 && die(point));
  if (killAfter !== undefined) setTimeout(() => die('at random'), killAfter);
};

const report = await (order.world === 'machine' ? (arm(), liveMachine(order)) : liveTrain(order, arm));
if (order.report !== undefined) writeFileSync(order.report, JSON.stringify(report));
process.exit(0);
