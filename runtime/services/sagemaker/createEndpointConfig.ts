import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf, creationNeeds } from './arns.ts';
import { validationError } from './failures.ts';
import { entityName, kmsKeyId, modelName, tags } from './grammar.ts';
import { hostingInstanceType } from './instanceTypes.ts';
import type { SageMaker } from './sagemakerState.ts';
import { putTags } from './tags.ts';

const productionVariant = z.strictObject({
  VariantName: entityName,
  ModelName: modelName,
  InitialInstanceCount: z.int().min(1),
  InstanceType: hostingInstanceType,
  InitialVariantWeight: z.number().min(0).optional(),
  VolumeSizeInGB: z.int().min(1).max(512).optional(),
  ModelDataDownloadTimeoutInSeconds: z.int().min(60).max(3600).optional(),
  ContainerStartupHealthCheckTimeoutInSeconds: z.int().min(60).max(3600).optional(),
});

/** A key for the volume changes nothing a container can see. */
export const createEndpointConfigInput = z.strictObject({
  EndpointConfigName: entityName,
  ProductionVariants: z.array(productionVariant).min(1).max(10),
  Tags: tags.optional(),
  KmsKeyId: kmsKeyId.optional(),
});

export const createEndpointConfig = operation({
  input: createEndpointConfigInput,
  needs: ({ EndpointConfigName, Tags }, { world }: Call<SageMaker>) =>
    creationNeeds('CreateEndpointConfig', arnOf(world, 'endpoint-config', EndpointConfigName), { Tags }),
  async run({ Tags, ...request }, { world, state: { tables } }) {
    const EndpointConfigArn = arnOf(world, 'endpoint-config', request.EndpointConfigName);
    if (tables.endpointConfigs.get(request.EndpointConfigName))
      throw validationError(`Cannot create already existing endpoint configuration "${EndpointConfigArn}".`);
    const names = request.ProductionVariants.map(({ VariantName }) => VariantName);
    if (new Set(names).size < names.length) throw validationError('Variant names must be unique within an endpoint');
    for (const { ModelName } of request.ProductionVariants)
      if (!tables.models.get(ModelName))
        throw validationError(`Could not find model "${arnOf(world, 'model', ModelName)}".`);
    const ProductionVariants = request.ProductionVariants.map((v) => ({ InitialVariantWeight: 1, ...v }));
    const CreationTime = world.clock.now() / 1000;
    tables.endpointConfigs.save(request.EndpointConfigName, {
      ...request,
      ProductionVariants,
      EndpointConfigArn,
      CreationTime,
    });
    putTags(tables.tags, EndpointConfigArn, Tags);
    await world.store.flushed();
    return { EndpointConfigArn };
  },
});
