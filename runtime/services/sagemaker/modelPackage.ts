/** Records of the model registry and the event that announces a change of a package. */
import type * as z from 'zod';
import type { ServiceEvent } from '../../operation.ts';
import type { createModelPackageInput } from './createModelPackage.ts';
import { validationError } from './failures.ts';
import type { SageMakerTables } from './sagemakerState.ts';

type Request = z.infer<typeof createModelPackageInput>;

export interface ModelPackageGroup {
  ModelPackageGroupName: string;
  ModelPackageGroupArn: string;
  ModelPackageGroupDescription?: string;
  /** Epoch seconds. */
  CreationTime: number;
  ModelPackageGroupStatus: 'Completed';
  /** The last number given to a version; numbers are never given twice. Not part of an answer. */
  lastVersion: number;
}

export type ModelPackage = Omit<Request, 'Tags' | 'ClientToken'> & {
  ModelPackageVersion?: number;
  ModelPackageArn: string;
  ModelPackageStatus: 'Completed';
  CreationTime: number;
  LastModifiedTime?: number;
  ApprovalDescription?: string;
  /** Of the request that made it: the same token answers the same package. Not part of an answer. */
  clientToken?: string;
};

/** The name in a table, from an ARN or a name. */
export const packageKey = (nameOrArn: string): string => nameOrArn.replace(/^arn:.*:model-package\//, '');
export const groupKey = (nameOrArn: string): string => nameOrArn.replace(/^arn:.*:model-package-group\//, '');

/** Throws ValidationException. */
export const packageNamed = (tables: SageMakerTables, nameOrArn: string): ModelPackage => {
  const found = tables.modelPackages.get(packageKey(nameOrArn));
  if (!found) throw validationError(`ModelPackage ${nameOrArn} does not exist.`);
  return found;
};

/** Throws ValidationException. */
export const groupNamed = (tables: SageMakerTables, nameOrArn: string): ModelPackageGroup => {
  const found = tables.modelPackageGroups.get(groupKey(nameOrArn));
  if (!found) throw validationError(`ModelPackageGroup ${nameOrArn} does not exist.`);
  return found;
};

/** What is shown of a package's own checks: there are none. */
export const statusDetails = { ValidationStatuses: [], ImageScanStatuses: [] };

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');

/** "SageMaker Model Package State Change"; unlike the others it writes times as text to the second. `updated` names the members an update has set. */
export const modelPackageEvent = (it: ModelPackage, updated: readonly string[]): ServiceEvent => ({
  source: 'aws.sagemaker',
  detailType: 'SageMaker Model Package State Change',
  resources: [it.ModelPackageArn],
  detail: {
    ...(it.ModelPackageGroupName !== undefined && { ModelPackageGroupName: it.ModelPackageGroupName }),
    ...(it.ModelPackageName !== undefined && { ModelPackageName: it.ModelPackageName }),
    ...(it.ModelPackageVersion !== undefined && { ModelPackageVersion: it.ModelPackageVersion }),
    ModelPackageArn: it.ModelPackageArn,
    ...(it.ModelPackageDescription !== undefined && { ModelPackageDescription: it.ModelPackageDescription }),
    CreationTime: iso(it.CreationTime),
    ...(it.LastModifiedTime !== undefined && { LastModifiedTime: iso(it.LastModifiedTime) }),
    ...(it.InferenceSpecification && { InferenceSpecification: it.InferenceSpecification }),
    ModelPackageStatus: it.ModelPackageStatus,
    ModelPackageStatusDetails: statusDetails,
    CertifyForMarketplace: it.CertifyForMarketplace ?? false,
    ...(it.ModelApprovalStatus && { ModelApprovalStatus: it.ModelApprovalStatus }),
    ...(it.MetadataProperties && { MetadataProperties: it.MetadataProperties }),
    ...(it.ModelMetrics && { ModelMetrics: it.ModelMetrics }),
    ...(it.ModelLifeCycle && { ModelLifeCycle: it.ModelLifeCycle }),
    UpdatedModelPackageFields: updated,
  },
});
