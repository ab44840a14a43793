import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { listing } from './grammar.ts';
import { page } from './listing.ts';
import { groupKey, groupNamed, packageKey, type ModelPackage } from './modelPackage.ts';
import type { SageMaker } from './sagemakerState.ts';

const key = ({ ModelPackageArn, CreationTime }: ModelPackage) => ({
  // Versions are counted: 10 comes after 9.
  name: packageKey(ModelPackageArn).replace(/\d+$/, (version) => version.padStart(9, '0')),
  created: CreationTime,
});

/** Without a group only unversioned packages are listed, unless the type says otherwise. */
export const listModelPackages = operation({
  input: z.strictObject({
    ...listing,
    ModelApprovalStatus: z.enum(['Approved', 'Rejected', 'PendingManualApproval']).optional(),
    ModelPackageGroupName: z.string().min(1).max(170).optional(),
    ModelPackageType: z.enum(['Versioned', 'Unversioned', 'Both']).optional(),
    SortBy: z.enum(['Name', 'CreationTime']).optional(),
  }),
  needs: () => [{ action: 'sagemaker:ListModelPackages', resource: '*' }],
  run(
    { ModelApprovalStatus, ModelPackageGroupName, ModelPackageType, ...input },
    { state: { tables } }: Call<SageMaker>,
  ) {
    const group = ModelPackageGroupName === undefined ? undefined : groupNamed(tables, groupKey(ModelPackageGroupName));
    const type = ModelPackageType ?? (group ? 'Versioned' : 'Unversioned');
    const wanted = tables.modelPackages
      .values()
      .filter(
        (it) =>
          (group === undefined || it.ModelPackageGroupName === group.ModelPackageGroupName) &&
          (ModelApprovalStatus === undefined || it.ModelApprovalStatus === ModelApprovalStatus) &&
          (type === 'Both' || (type === 'Versioned') === (it.ModelPackageVersion !== undefined)),
      );
    const { items, ...next } = page(wanted, input, key, 'Ascending');
    const ModelPackageSummaryList = items.map((it) => ({
      ModelPackageName: it.ModelPackageName,
      ModelPackageGroupName: it.ModelPackageGroupName,
      ModelPackageVersion: it.ModelPackageVersion,
      ModelPackageArn: it.ModelPackageArn,
      ModelPackageDescription: it.ModelPackageDescription,
      CreationTime: it.CreationTime,
      ModelPackageStatus: it.ModelPackageStatus,
      ModelApprovalStatus: it.ModelApprovalStatus,
    }));
    return { ModelPackageSummaryList, ...next };
  },
});
