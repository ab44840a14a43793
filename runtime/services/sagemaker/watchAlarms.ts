/** Watching the alarms of an update while its new fleet takes traffic. */
import { sleep } from '../../clock.ts';
import type { World } from '../../operation.ts';
import { alarmNames, alarmStates, type DeploymentConfig } from './deploymentConfig.ts';
import type { Deployment } from './endpoint.ts';
import { JobFailure, told } from './failures.ts';

/** How often (ms) alarms are looked at: as often as the fastest of them are evaluated. */
const interval = 10_000;

export interface Watch {
  world: World;
  config: DeploymentConfig | undefined;
  next: Deployment;
  /** Epoch ms. */
  until: number;
  signal: AbortSignal;
}

const check = async (world: World, next: Deployment, names: readonly string[]) => {
  const states = await alarmStates(world, next, names).catch((cause: unknown) => {
    throw new JobFailure(`The alarms of the deployment could not be described: ${told(cause)}`, { cause });
  });
  const gone = names.filter((name) => !states.has(name));
  if (gone.length > 0)
    throw new JobFailure(`Alarms of the deployment were deleted while it was under way: ${gone.join(', ')}`);
  const tripped = names.filter((name) => states.get(name) === 'ALARM');
  if (tripped.length > 0)
    throw new JobFailure(
      `The deployment was rolled back because alarms went off while it was under way: ${tripped.join(', ')}`,
    );
};

/** Resolves at `until`. Throws JobFailure once an alarm is in ALARM or cannot be seen; rejects when aborted. */
export const watchAlarms = async ({ world, config, next, until, signal }: Watch): Promise<void> => {
  const names = alarmNames(config);
  const { clock } = world;
  while (true) {
    if (names.length > 0) await check(world, next, names);
    const left = until - clock.now();
    if (left <= 0) return;
    await sleep(clock, names.length > 0 ? Math.min(left, interval) : left, signal);
  }
};
