/**
 * SageMaker: training, hosting, batch transform and the model registry. It knows containers and their contract, not what
 * they compute: what stands for an image is given by whoever opens the runtime.
 */
import { availableParallelism } from 'node:os';
import type { ServiceFactory } from '../../operation.ts';
import { addTags } from './addTags.ts';
import type { Container } from './container.ts';
import { createEndpoint } from './createEndpoint.ts';
import { createEndpointConfig } from './createEndpointConfig.ts';
import { createModel } from './createModel.ts';
import { createModelPackage } from './createModelPackage.ts';
import { createModelPackageGroup } from './createModelPackageGroup.ts';
import { createTrainingJob } from './createTrainingJob.ts';
import { createTransformJob } from './createTransformJob.ts';
import { deleteEndpoint } from './deleteEndpoint.ts';
import { deleteEndpointConfig } from './deleteEndpointConfig.ts';
import { deleteModel } from './deleteModel.ts';
import { deleteModelPackage } from './deleteModelPackage.ts';
import { deleteModelPackageGroup } from './deleteModelPackageGroup.ts';
import { deleteTags } from './deleteTags.ts';
import { describeEndpoint } from './describeEndpoint.ts';
import { describeEndpointConfig } from './describeEndpointConfig.ts';
import { describeModel } from './describeModel.ts';
import { describeModelPackage } from './describeModelPackage.ts';
import { describeModelPackageGroup } from './describeModelPackageGroup.ts';
import { describeTrainingJob } from './describeTrainingJob.ts';
import { describeTransformJob } from './describeTransformJob.ts';
import { endpointRunner } from './endpointRunner.ts';
import { openEntities } from './entities.ts';
import { invokeEndpoint, routeInvocation } from './invokeEndpoint.ts';
import { listEndpointConfigs } from './listEndpointConfigs.ts';
import { listEndpoints } from './listEndpoints.ts';
import { listModelPackageGroups } from './listModelPackageGroups.ts';
import { listModelPackages } from './listModelPackages.ts';
import { listModels } from './listModels.ts';
import { listTags } from './listTags.ts';
import { listTrainingJobs } from './listTrainingJobs.ts';
import { listTransformJobs } from './listTransformJobs.ts';
import type { SageMaker, SageMakerTables, Timing } from './sagemakerState.ts';
import { openSlots } from './slots.ts';
import { stopTrainingJob } from './stopTrainingJob.ts';
import { stopTransformJob } from './stopTransformJob.ts';
import { trainingRunner } from './trainingRunner.ts';
import { transformRunner } from './transformRunner.ts';
import { updateEndpoint } from './updateEndpoint.ts';
import { updateEndpointWeightsAndCapacities } from './updateEndpointWeightsAndCapacities.ts';
import { updateModelPackage } from './updateModelPackage.ts';

export type { Container } from './container.ts';
export type { Timing } from './sagemakerState.ts';

export interface SageMakerOptions {
  /** What stands for an image URI; undefined for one the runtime knows nothing of. */
  containers: (image: string) => Container | undefined;
  /** Names of the known images, for messages. */
  knownImages?: readonly string[];
  timing?: Partial<Timing>;
  /** Training and transform jobs that work at once; the others wait. Default: the number of cores. */
  concurrentJobs?: number;
}

/** SageMaker's own times (ms). */
const usualTiming: Timing = { trainingGrace: 120_000, startup: 480_000, invocation: 60_000 };

const operations = {
  AddTags: addTags,
  CreateEndpoint: createEndpoint,
  CreateEndpointConfig: createEndpointConfig,
  CreateModel: createModel,
  CreateModelPackage: createModelPackage,
  CreateModelPackageGroup: createModelPackageGroup,
  CreateTrainingJob: createTrainingJob,
  CreateTransformJob: createTransformJob,
  DeleteEndpoint: deleteEndpoint,
  DeleteEndpointConfig: deleteEndpointConfig,
  DeleteModel: deleteModel,
  DeleteModelPackage: deleteModelPackage,
  DeleteModelPackageGroup: deleteModelPackageGroup,
  DeleteTags: deleteTags,
  DescribeEndpoint: describeEndpoint,
  DescribeEndpointConfig: describeEndpointConfig,
  DescribeModel: describeModel,
  DescribeModelPackage: describeModelPackage,
  DescribeModelPackageGroup: describeModelPackageGroup,
  DescribeTrainingJob: describeTrainingJob,
  DescribeTransformJob: describeTransformJob,
  InvokeEndpoint: invokeEndpoint,
  ListEndpointConfigs: listEndpointConfigs,
  ListEndpoints: listEndpoints,
  ListModelPackageGroups: listModelPackageGroups,
  ListModelPackages: listModelPackages,
  ListModels: listModels,
  ListTags: listTags,
  ListTrainingJobs: listTrainingJobs,
  ListTransformJobs: listTransformJobs,
  StopTrainingJob: stopTrainingJob,
  StopTransformJob: stopTransformJob,
  UpdateEndpoint: updateEndpoint,
  UpdateEndpointWeightsAndCapacities: updateEndpointWeightsAndCapacities,
  UpdateModelPackage: updateModelPackage,
};

/** awsJson1.1 for the control plane, REST for InvokeEndpoint. */
export const sagemaker =
  ({
    containers,
    knownImages = [],
    timing,
    concurrentJobs = availableParallelism(),
  }: SageMakerOptions): ServiceFactory =>
  (world) => {
    const tables: SageMakerTables = {
      trainingJobs: openEntities(world, 'sagemaker.trainingJobs'),
      transformJobs: openEntities(world, 'sagemaker.transformJobs'),
      models: openEntities(world, 'sagemaker.models'),
      endpointConfigs: openEntities(world, 'sagemaker.endpointConfigs'),
      endpoints: openEntities(world, 'sagemaker.endpoints'),
      modelPackageGroups: openEntities(world, 'sagemaker.modelPackageGroups'),
      modelPackages: openEntities(world, 'sagemaker.modelPackages'),
      tags: world.store.table('sagemaker.tags'),
    };
    const images = { containers, known: knownImages };
    const around = { world, images, timing: { ...usualTiming, ...timing }, tables };
    const slots = openSlots(concurrentJobs);
    const state: SageMaker = {
      ...around,
      training: trainingRunner(around, slots),
      transform: transformRunner(around, slots),
      serving: endpointRunner(around),
    };
    const runners = [state.training, state.transform, state.serving];
    return {
      name: 'sagemaker',
      protocol: 'awsJson1.1',
      operations,
      state,
      route: routeInvocation,
      async start() {
        for (const table of [tables.trainingJobs, tables.transformJobs, tables.endpoints, tables.modelPackages])
          table.resume();
        await Promise.all(runners.map(async (runner) => runner.resume()));
      },
      stop: async () => void (await Promise.all(runners.map((runner) => runner.close()))),
    };
  };
