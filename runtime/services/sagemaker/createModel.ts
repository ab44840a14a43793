import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf, creationNeeds } from './arns.ts';
import { checkRole } from './executionRole.ts';
import { notImplemented, validationError } from './failures.ts';
import { environment, modelName, roleArn, s3Uri, tags, vpcConfig, whole } from './grammar.ts';
import { modelDataProblem, type Model } from './model.ts';
import type { SageMaker } from './sagemakerState.ts';
import { resolveModel } from './servableModel.ts';
import { putTags } from './tags.ts';

const container = z.strictObject({
  ContainerHostname: z.string().max(63).regex(whole('[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}')).optional(),
  Image: z.string().max(255).regex(/^\S+$/).optional(),
  Mode: z.enum(['SingleModel', 'MultiModel']).optional(),
  ModelDataUrl: s3Uri.optional(),
  Environment: environment(100, 1024, 1024).optional(),
  ModelPackageName: z.string().min(1).max(176).optional(),
});

/** VpcConfig and EnableNetworkIsolation have no counterpart on one machine; they change nothing a container can see. */
export const createModelInput = z.strictObject({
  ModelName: modelName,
  PrimaryContainer: container.optional(),
  Containers: z.array(container).max(15).optional(),
  ExecutionRoleArn: roleArn,
  Tags: tags.optional(),
  VpcConfig: vpcConfig.optional(),
  EnableNetworkIsolation: z.boolean().optional(),
});

const refuseUnsupported = ({ PrimaryContainer, Containers }: z.infer<typeof createModelInput>) => {
  if ((PrimaryContainer === undefined) === (Containers === undefined))
    throw validationError('Exactly one of PrimaryContainer and Containers must be given');
  if (Containers && Containers.length !== 1)
    throw notImplemented(`CreateModel.Containers with ${Containers.length} containers`, 'give one container');
  const it = PrimaryContainer ?? Containers?.[0];
  if (it?.Mode === 'MultiModel') throw notImplemented('CreateModel.Mode=MultiModel', 'use SingleModel');
  if ((it?.Image === undefined) === (it?.ModelPackageName === undefined))
    throw validationError('Exactly one of Image and ModelPackageName must be given');
};

/** SageMaker asks the registry and S3, as the model's role, before it accepts a model. */
export const createModel = operation({
  input: createModelInput,
  needs: ({ ModelName, Tags, ExecutionRoleArn }, { world }: Call<SageMaker>) =>
    creationNeeds('CreateModel', arnOf(world, 'model', ModelName), { Tags, roleArn: ExecutionRoleArn }),
  async run(input, { world, state: { tables, images } }) {
    const { Tags, ...request } = input;
    refuseUnsupported(input);
    const ModelArn = arnOf(world, 'model', input.ModelName);
    const refuseTaken = () => {
      if (tables.models.get(input.ModelName))
        throw validationError(`Cannot create already existing model "${ModelArn}".`);
    };
    refuseTaken();
    const model: Model = { ...request, ModelArn, CreationTime: world.clock.now() / 1000 };
    const { image, modelDataUrl, roleArn: role } = resolveModel(tables, model);
    if (!images.containers(image))
      throw validationError(`Requested image ${image} not found; this runtime stands for: ${images.known.join(', ')}.`);
    await checkRole(world, role);
    const problem = modelDataUrl === undefined ? undefined : await modelDataProblem(world, modelDataUrl, role);
    if (problem) throw validationError(problem);
    refuseTaken();
    tables.models.save(input.ModelName, model);
    putTags(tables.tags, ModelArn, Tags);
    await world.store.flushed();
    return { ModelArn };
  },
});
