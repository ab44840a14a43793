import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf, creationNeeds } from './arns.ts';
import { checkAlarms, checkDeploymentConfig, deploymentConfig } from './deploymentConfig.ts';
import { deploymentOf } from './deployment.ts';
import { validationError } from './failures.ts';
import { entityName, tags } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';
import { putTags } from './tags.ts';

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
    const EndpointArn = arnOf(world, 'endpoint', EndpointName);
    const refuseKnown = () => {
      if (tables.endpoints.get(EndpointName))
        throw validationError(`Cannot create already existing endpoint "${EndpointArn}".`);
    };
    refuseKnown();
    const next = deploymentOf(tables, world, EndpointConfigName, 1);
    checkDeploymentConfig(DeploymentConfig, next);
    await checkAlarms(world, DeploymentConfig, next);
    // Another request may have made it meanwhile.
    refuseKnown();
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
