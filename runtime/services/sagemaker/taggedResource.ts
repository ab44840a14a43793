import * as z from 'zod';
import { groupKey, packageKey } from './modelPackage.ts';
import { validationError } from './failures.ts';
import { whole } from './grammar.ts';
import type { SageMakerTables } from './sagemakerState.ts';

export const resourceArn = z.string().max(256).regex(whole('arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:.+'));

/** The ARN as it is kept, of a resource that exists. Throws ValidationException. */
export const taggedResource = (tables: SageMakerTables, arn: string): string => {
  const [, type = '', name = ''] = /^arn:[^/]*:([a-z-]+)\/(.+)$/.exec(arn) ?? [];
  const table = {
    'training-job': tables.trainingJobs,
    'transform-job': tables.transformJobs,
    model: tables.models,
    'endpoint-config': tables.endpointConfigs,
    endpoint: tables.endpoints,
    'model-package-group': tables.modelPackageGroups,
    'model-package': tables.modelPackages,
  }[type];
  if (!table?.get(packageKey(groupKey(name)))) throw validationError(`Could not find resource "${arn}".`);
  return arn.slice(0, arn.indexOf('/')) + arn.slice(arn.indexOf('/')).toLowerCase();
};
