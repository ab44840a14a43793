import type { World } from '../../runtime/operation.ts';
import { states } from '../../runtime/services/states/index.ts';
import { testClock } from '../../runtime/clock.ts';
import { testIds } from '../../runtime/ids.ts';

/** A world in which a service can be made and asked what it can do, and nothing else. */
const emptyWorld = {
  accountId: '000000000000',
  region: 'eu-west-1',
  partition: 'aws',
  clock: testClock(),
  ids: testIds(),
  dataDir: '',
  endpoint: '',
  store: { table: () => new Map() },
  log: () => undefined,
} as unknown as World;

/** Names of the operations that Step Functions of the runtime has. */
export const stateOperations: readonly string[] = Object.keys(states(emptyWorld).operations);
