/** What the operations of SageMaker share: durable records and the runners that bring them forward. */
import type { Table } from '../../journal/store.ts';
import type { World } from '../../operation.ts';
import type { Container } from './container.ts';
import type { EndpointRunner } from './endpointRunner.ts';
import type { Endpoint, EndpointConfig } from './endpoint.ts';
import type { Entities } from './entities.ts';
import type { Model } from './model.ts';
import type { ModelPackage, ModelPackageGroup } from './modelPackage.ts';
import type { TrainingJob } from './trainingJob.ts';
import type { TrainingRunner } from './trainingRunner.ts';
import type { TransformJob } from './transformJob.ts';
import type { TransformRunner } from './transformRunner.ts';

export interface Timing {
  /** From SIGTERM to SIGKILL of a training container (ms); 120 s on SageMaker. */
  trainingGrace: number;
  /** How long a model server may take to answer its first ping (ms); 8 minutes on SageMaker. */
  startup: number;
  /** How long a request to an endpoint may take (ms); 60 s on SageMaker. */
  invocation: number;
}

/** The images that the runtime can stand in for. */
export interface Images {
  containers: (image: string) => Container | undefined;
  /** For messages: what an image may be. */
  known: readonly string[];
}

export interface SageMakerTables {
  trainingJobs: Entities<TrainingJob>;
  transformJobs: Entities<TransformJob>;
  models: Entities<Model>;
  endpointConfigs: Entities<EndpointConfig>;
  endpoints: Entities<Endpoint>;
  modelPackageGroups: Entities<ModelPackageGroup>;
  /** By `<group>/<version>`, or the name of an unversioned package. */
  modelPackages: Entities<ModelPackage>;
  /** Tags by ARN. */
  tags: Table<Record<string, string>>;
}

/** What a runner needs. */
export interface Surroundings {
  world: World;
  images: Images;
  timing: Timing;
  tables: SageMakerTables;
}

export interface SageMaker extends Surroundings {
  training: TrainingRunner;
  transform: TransformRunner;
  serving: EndpointRunner;
}
