import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { checkAlarms, checkDeploymentConfig, checkVariantNames, deploymentConfig } from './deploymentConfig.ts';
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
    const before = updatableEndpoint(tables, world, input.EndpointName);
    const kept = input.RetainDeploymentConfig ? before.LastDeploymentConfig : input.DeploymentConfig;
    const excluded = (input.ExcludeRetainedVariantProperties ?? []).map((it) => it.VariantPropertyType);
    const wanted = deploymentOf(tables, world, input.EndpointConfigName, nextGeneration(before));
    const next = input.RetainAllVariantProperties ? retainProperties(wanted, before.current, excluded) : wanted;
    checkDeploymentConfig(kept, next);
    await checkAlarms(world, kept, next);
    // Another request may have begun an update meanwhile.
    const endpoint = updatableEndpoint(tables, world, input.EndpointName);
    checkVariantNames(kept, endpoint.current, next);
    const { LastDeploymentConfig: _last, FailureReason: _reason, ...rest } = endpoint;
    serving.begin({
      ...rest,
      EndpointStatus: 'Updating',
      LastModifiedTime: world.clock.now() / 1000,
      updateStarted: world.clock.now() / 1000,
      ...(kept && { LastDeploymentConfig: kept }),
      next: { ...next, generation: nextGeneration(endpoint) },
    });
    await world.store.flushed();
    return { EndpointArn: endpoint.EndpointArn };
  },
});
