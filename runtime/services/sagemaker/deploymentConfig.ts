/** How an endpoint is to be updated: its grammar (botocore sagemaker service-2, 2026-08-07) and what the grammar cannot say. */
import * as z from 'zod';
import { AwsError, type World } from '../../operation.ts';
import { asRole } from './arns.ts';
import type { Deployment } from './endpoint.ts';
import { told, validationError } from './failures.ts';
import { whole } from './grammar.ts';

const capacity = z.strictObject({
  Type: z.enum(['INSTANCE_COUNT', 'CAPACITY_PERCENT']),
  Value: z.int().min(1),
});

export type Capacity = z.infer<typeof capacity>;

const wait = z.int().min(0).max(3600);
const timeout = z.int().min(600).max(28_800).optional();

export const deploymentConfig = z.strictObject({
  BlueGreenUpdatePolicy: z
    .strictObject({
      TrafficRoutingConfiguration: z.strictObject({
        Type: z.enum(['ALL_AT_ONCE', 'CANARY', 'LINEAR']),
        WaitIntervalInSeconds: wait,
        CanarySize: capacity.optional(),
        LinearStepSize: capacity.optional(),
      }),
      TerminationWaitInSeconds: wait.optional(),
      MaximumExecutionTimeoutInSeconds: timeout,
    })
    .optional(),
  RollingUpdatePolicy: z
    .strictObject({
      MaximumBatchSize: capacity,
      WaitIntervalInSeconds: wait,
      MaximumExecutionTimeoutInSeconds: timeout,
      RollbackMaximumBatchSize: capacity.optional(),
    })
    .optional(),
  AutoRollbackConfiguration: z
    .strictObject({
      Alarms: z
        .array(z.strictObject({ AlarmName: z.string().min(1).max(255).regex(whole('(?!\\s*$).+')).optional() }))
        .min(1)
        .max(10)
        .optional(),
    })
    .optional(),
});

export type DeploymentConfig = z.infer<typeof deploymentConfig>;

/** A capacity as a share of a fleet, from 0 to 1. */
export const shareOf = ({ Type, Value }: Capacity, instances: number): number =>
  Type === 'CAPACITY_PERCENT' ? Value / 100 : Value / instances;

const checkSize = (what: string, size: Capacity, { variants }: Deployment, least: number) => {
  for (const { VariantName, instanceCount } of variants) {
    const share = shareOf(size, instanceCount);
    if (share > 0.5 || (size.Type === 'CAPACITY_PERCENT' && share < least))
      throw validationError(
        `${what} must be ${least > 0 ? `from ${least * 100}% to` : 'at most'} 50% of the variant's total instance count; ${size.Value} (${size.Type}) is ${share * 100}% of the ${instanceCount} instance(s) of variant ${VariantName}`,
      );
  }
};

const checkBlueGreen = (policy: NonNullable<DeploymentConfig['BlueGreenUpdatePolicy']>, next: Deployment) => {
  const { TrafficRoutingConfiguration: routing, TerminationWaitInSeconds = 0 } = policy;
  const { Type, CanarySize, LinearStepSize, WaitIntervalInSeconds } = routing;
  if ((Type === 'CANARY') !== (CanarySize !== undefined))
    throw validationError(`CanarySize belongs to the traffic routing type CANARY and is required for it; got ${Type}`);
  if ((Type === 'LINEAR') !== (LinearStepSize !== undefined))
    throw validationError(
      `LinearStepSize belongs to the traffic routing type LINEAR and is required for it; got ${Type}`,
    );
  if (CanarySize) checkSize('CanarySize', CanarySize, next, 0);
  if (LinearStepSize) checkSize('LinearStepSize', LinearStepSize, next, 0.1);
  const waits = TerminationWaitInSeconds + WaitIntervalInSeconds;
  if ((policy.MaximumExecutionTimeoutInSeconds ?? Infinity) <= waits)
    throw validationError(
      `MaximumExecutionTimeoutInSeconds must be larger than TerminationWaitInSeconds and WaitIntervalInSeconds together, ${waits}`,
    );
};

/** Refuses what contradicts itself or the fleet to come. Throws ValidationException. */
export const checkDeploymentConfig = (config: DeploymentConfig | undefined, next: Deployment): void => {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = config ?? {};
  if (blueGreen && rolling)
    throw validationError('A DeploymentConfig has either a BlueGreenUpdatePolicy or a RollingUpdatePolicy, not both');
  if (blueGreen) checkBlueGreen(blueGreen, next);
  if (rolling) checkSize('MaximumBatchSize', rolling.MaximumBatchSize, next, 0.05);
};

const namesIn = ({ variants }: Deployment) => variants.map(({ VariantName }) => VariantName).toSorted();

/**
 * Refuses traffic that moves in steps or is watched by alarms between variants of different names (SageMaker's developer guide: exclusions of
 * deployment guardrails). Throws ValidationException.
 */
export const checkVariantNames = (
  config: DeploymentConfig | undefined,
  current: Deployment | undefined,
  next: Deployment,
): void => {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = config ?? {};
  const isAtOnce = !rolling && (blueGreen?.TrafficRoutingConfiguration.Type ?? 'ALL_AT_ONCE') === 'ALL_AT_ONCE';
  if (!current || (isAtOnce && alarmNames(config).length === 0)) return;
  const [before, after] = [namesIn(current), namesIn(next)].map((names) => names.join(', '));
  if (before !== after)
    throw validationError(
      `With this DeploymentConfig the endpoint configuration ${next.EndpointConfigName} must have the same variant names as ${current.EndpointConfigName}; they have ${after} and ${before}`,
    );
};

/** Names of the alarms that roll a deployment back. */
export const alarmNames = (config: DeploymentConfig | undefined): string[] =>
  (config?.AutoRollbackConfiguration?.Alarms ?? []).flatMap(({ AlarmName }) => AlarmName ?? []);

const described = z.object({ MetricAlarms: z.array(z.object({ AlarmName: z.string(), StateValue: z.string() })) });

/**
 * The states of alarms, as the execution role of the fleet sees them: it needs cloudwatch:DescribeAlarms. Throws AwsError; an
 * alarm that does not exist has no entry.
 */
export const alarmStates = async (
  world: World,
  { variants }: Deployment,
  AlarmNames: readonly string[],
): Promise<Map<string, string>> => {
  const principal = asRole(world, variants[0]?.model.roleArn ?? '');
  const answer = await world.call(principal, 'monitoring', 'DescribeAlarms', { AlarmNames });
  return new Map(described.parse(answer).MetricAlarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]));
};

/** Refuses alarms that are not there or cannot be seen. Throws ValidationException. */
export const checkAlarms = async (
  world: World,
  config: DeploymentConfig | undefined,
  next: Deployment,
): Promise<void> => {
  const names = alarmNames(config);
  if (names.length === 0) return;
  const states = await alarmStates(world, next, names).catch((error: unknown) => {
    if (!(error instanceof AwsError)) throw error;
    throw validationError(`The alarms of AutoRollbackConfiguration could not be described: ${told(error)}`);
  });
  const missing = names.filter((name) => !states.has(name));
  if (missing.length > 0)
    throw validationError(`The alarms of AutoRollbackConfiguration must exist; could not find: ${missing.join(', ')}`);
};
