/** The stages of an update: how much of the traffic the new fleet takes, and how long it is watched then. Pure. */
import { shareOf, type DeploymentConfig } from './deploymentConfig.ts';
import type { Deployment } from './endpoint.ts';

export interface Step {
  /** Of the traffic and of the instances that take it, above 0, at most 1. */
  share: number;
  /** Seconds to watch the alarms before the next step. */
  wait: number;
  /** How the request calls this wait. */
  named: 'WaitIntervalInSeconds' | 'TerminationWaitInSeconds';
}

/** Where an update is, as the record of its endpoint keeps it. */
export interface Rollout {
  status: 'Creating' | 'ActivatingTraffic' | 'Baking' | 'Deleting';
  /** Since when, epoch seconds. */
  since: number;
  /** Of the traffic, from 0 to 1. */
  share: number;
  /** Position in `stepsOf`. */
  step: number;
}

const climb = (size: number, wait: number): Step[] => {
  const count = Math.ceil(1 / size - 1e-9);
  return Array.from({ length: count }, (_, index) => ({
    share: index === count - 1 ? 1 : (index + 1) * size,
    wait,
    named: 'WaitIntervalInSeconds',
  }));
};

/** Sizes in instances are shares of the smallest variant, so that every variant keeps to them. */
const smallest = ({ variants }: Deployment) => Math.min(...variants.map(({ instanceCount }) => instanceCount));

/** The steps from no traffic to all of it; without a policy there is one, and it is not watched. */
export const stepsOf = (config: DeploymentConfig | undefined, next: Deployment): Step[] => {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = config ?? {};
  if (rolling) return climb(shareOf(rolling.MaximumBatchSize, smallest(next)), rolling.WaitIntervalInSeconds);
  const all: Step = { share: 1, wait: blueGreen?.TerminationWaitInSeconds ?? 0, named: 'TerminationWaitInSeconds' };
  const { Type, WaitIntervalInSeconds = 0, CanarySize, LinearStepSize } = blueGreen?.TrafficRoutingConfiguration ?? {};
  if (Type === 'CANARY' && CanarySize)
    return [
      { share: shareOf(CanarySize, smallest(next)), wait: WaitIntervalInSeconds, named: 'WaitIntervalInSeconds' },
      all,
    ];
  if (Type === 'LINEAR' && LinearStepSize)
    return [...climb(shareOf(LinearStepSize, smallest(next)), WaitIntervalInSeconds).slice(0, -1), all];
  return [all];
};

/** Seconds an update may take; without a limit Infinity. */
export const timeLimitOf = (config: DeploymentConfig | undefined): number =>
  (config?.BlueGreenUpdatePolicy ?? config?.RollingUpdatePolicy)?.MaximumExecutionTimeoutInSeconds ?? Infinity;

/** Instances of a variant that take traffic: at least one once there is any. */
export const activeInstances = (instanceCount: number, share: number): number =>
  share === 0 ? 0 : Math.max(1, Math.round(instanceCount * share));

/** A variant's status in the words of SageMaker's examples. */
export const statusMessage = (
  { status, share, step }: Rollout,
  instanceCount: number,
  steps: readonly Step[],
): string => {
  const active = `${share < 1 ? 'canary' : 'full'} capacity of ${activeInstances(instanceCount, share)} instance(s).`;
  const { wait = 0, named = 'TerminationWaitInSeconds' } = steps[step] ?? {};
  const messages = {
    Creating: `Launching ${instanceCount} instance(s).`,
    ActivatingTraffic: `Activating traffic on ${active}`,
    Baking: `Baking for ${wait} seconds (${named}) with traffic enabled on ${active}`,
    Deleting: `Terminating ${instanceCount} instance(s).`,
  };
  return messages[status];
};
