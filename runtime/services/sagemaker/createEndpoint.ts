import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf, creationNeeds } from './arns.ts';
import { deploymentOf } from './deployment.ts';
import { notImplemented, validationError } from './failures.ts';
import { entityName, tags } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';
import { putTags } from './tags.ts';

/** Canary and linear shifts, rolling updates and alarms are refused: traffic moves at once. */
export const deploymentConfig = z.strictObject({
  BlueGreenUpdatePolicy: z.strictObject({
    TrafficRoutingConfiguration: z.strictObject({
      Type: z.enum(['ALL_AT_ONCE', 'CANARY', 'LINEAR']),
      WaitIntervalInSeconds: z.int().min(0).max(3600),
    }),
    TerminationWaitInSeconds: z.int().min(0).max(3600).optional(),
    MaximumExecutionTimeoutInSeconds: z.int().min(600).max(28_800).optional(),
  }),
});

/** Throws NotImplemented for a way of shifting traffic that is not emulated. */
export const refuseShifts = (operationName: string, config: z.infer<typeof deploymentConfig> | undefined): void => {
  const type = config?.BlueGreenUpdatePolicy.TrafficRoutingConfiguration.Type ?? 'ALL_AT_ONCE';
  if (type !== 'ALL_AT_ONCE')
    throw notImplemented(
      `${operationName}.DeploymentConfig.BlueGreenUpdatePolicy.TrafficRoutingConfiguration.Type=${type}`,
      'use ALL_AT_ONCE',
    );
};

export const createEndpoint = operation({
  input: z.strictObject({
    EndpointName: entityName,
    EndpointConfigName: entityName,
    DeploymentConfig: deploymentConfig.optional(),
    Tags: tags.optional(),
  }),
  needs: ({ EndpointName, EndpointConfigName, Tags }, { world }: Call<SageMaker>) => [
    ...creationNeeds('CreateEndpoint', arnOf(world, 'endpoint', EndpointName), { Tags }),
    { action: 'sagemaker:CreateEndpoint', resource: arnOf(world, 'endpoint-config', EndpointConfigName) },
  ],
  async run({ EndpointName, EndpointConfigName, DeploymentConfig, Tags }, { world, state: { tables, serving } }) {
    refuseShifts('CreateEndpoint', DeploymentConfig);
    const EndpointArn = arnOf(world, 'endpoint', EndpointName);
    if (tables.endpoints.get(EndpointName))
      throw validationError(`Cannot create already existing endpoint "${EndpointArn}".`);
    const next = deploymentOf(tables, world, EndpointConfigName, 1);
    const now = world.clock.now() / 1000;
    putTags(tables.tags, EndpointArn, Tags);
    serving.begin({
      EndpointName,
      EndpointArn,
      EndpointStatus: 'Creating',
      CreationTime: now,
      LastModifiedTime: now,
      ...(DeploymentConfig && { LastDeploymentConfig: DeploymentConfig }),
      next,
      updateStarted: now,
    });
    await world.store.flushed();
    return { EndpointArn };
  },
});
