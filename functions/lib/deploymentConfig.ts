import type { DeploymentConfig, TrafficRoutingConfig } from '@aws-sdk/client-sagemaker';
import type { Traffic } from '../../spec/rollout.ts';

const percent = (Value: number) => ({ Type: 'CAPACITY_PERCENT' as const, Value });

const routed = (traffic: Traffic): TrafficRoutingConfig => {
  if (traffic === 'all-at-once') return { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 };
  if ('canary' in traffic)
    return { Type: 'CANARY', CanarySize: percent(traffic.canary.percent), WaitIntervalInSeconds: traffic.canary.wait };
  return { Type: 'LINEAR', LinearStepSize: percent(traffic.linear.step), WaitIntervalInSeconds: traffic.linear.wait };
};

/** How SageMaker is to move an endpoint's traffic: once all of it has moved, it is watched for as long as at each step before. */
export const deploymentConfigOf = (traffic: Traffic, alarms: readonly string[]): DeploymentConfig => {
  const TrafficRoutingConfiguration = routed(traffic);
  const { WaitIntervalInSeconds: TerminationWaitInSeconds } = TrafficRoutingConfiguration;
  return {
    BlueGreenUpdatePolicy: { TrafficRoutingConfiguration, TerminationWaitInSeconds },
    ...(alarms.length > 0 && {
      AutoRollbackConfiguration: { Alarms: alarms.map((AlarmName) => ({ AlarmName })) },
    }),
  };
};
