/** What Step Functions reports of executions in the namespace AWS/States (developer guide, "Metrics that Step Functions reports"). */
import type { World } from '../../operation.ts';

const ended: Readonly<Record<string, string>> = {
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  ABORTED: 'ExecutionsAborted',
  TIMED_OUT: 'ExecutionsTimedOut',
};

interface Told {
  status: string;
  /** Epoch ms. */
  startedAt: number;
  stoppedAt?: number | undefined;
}

const measure = (world: World, StateMachineArn: string, metric: string, value: number, unit: string) =>
  world.measure([{ namespace: 'AWS/States', metric, dimensions: { StateMachineArn }, value, unit }]);

/** Reports that an execution has started, or was redriven. */
export const measureStart = (world: World, machineArn: string, redriven = false): void =>
  measure(world, machineArn, redriven ? 'ExecutionsRedriven' : 'ExecutionsStarted', 1, 'Count');

/** Reports how an execution has ended, and how long it took. */
export const measureEnd = (world: World, machineArn: string, { status, startedAt, stoppedAt }: Told): void => {
  const metric = ended[status];
  if (metric) measure(world, machineArn, metric, 1, 'Count');
  if (stoppedAt !== undefined) measure(world, machineArn, 'ExecutionTime', stoppedAt - startedAt, 'Milliseconds');
};
