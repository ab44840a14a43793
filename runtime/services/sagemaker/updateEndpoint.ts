import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { deploymentConfig, refuseShifts } from './createEndpoint.ts';
import { deploymentOf, nextGeneration, retainProperties } from './deployment.ts';
import { updatableEndpoint } from './endpointLookup.ts';
import { entityName } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';

export const updateEndpoint = operation({
  input: z.strictObject({
    EndpointName: entityName,
    EndpointConfigName: entityName,
    RetainAllVariantProperties: z.boolean().optional(),
    ExcludeRetainedVariantProperties: z
      .array(
        z.strictObject({ VariantPropertyType: z.enum(['DesiredInstanceCount', 'DesiredWeight', 'DataCaptureConfig']) }),
      )
      .max(3)
      .optional(),
    DeploymentConfig: deploymentConfig.optional(),
    RetainDeploymentConfig: z.boolean().optional(),
  }),
  needs: ({ EndpointName, EndpointConfigName }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:UpdateEndpoint', resource: arnOf(world, 'endpoint', EndpointName) },
    { action: 'sagemaker:UpdateEndpoint', resource: arnOf(world, 'endpoint-config', EndpointConfigName) },
  ],
  async run(input, { world, state: { tables, serving } }) {
    refuseShifts('UpdateEndpoint', input.DeploymentConfig);
    const endpoint = updatableEndpoint(tables, world, input.EndpointName);
    const next = deploymentOf(tables, world, input.EndpointConfigName, nextGeneration(endpoint));
    const excluded = (input.ExcludeRetainedVariantProperties ?? []).map((it) => it.VariantPropertyType);
    const { LastDeploymentConfig, FailureReason: _, ...rest } = endpoint;
    const kept = input.RetainDeploymentConfig ? LastDeploymentConfig : input.DeploymentConfig;
    serving.begin({
      ...rest,
      EndpointStatus: 'Updating',
      LastModifiedTime: world.clock.now() / 1000,
      updateStarted: world.clock.now() / 1000,
      ...(kept && { LastDeploymentConfig: kept }),
      next: input.RetainAllVariantProperties ? retainProperties(next, endpoint.current, excluded) : next,
    });
    await world.store.flushed();
    return { EndpointArn: endpoint.EndpointArn };
  },
});
