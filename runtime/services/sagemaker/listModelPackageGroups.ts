import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { listing } from './grammar.ts';
import { page } from './listing.ts';
import type { ModelPackageGroup } from './modelPackage.ts';
import type { SageMaker } from './sagemakerState.ts';

const key = ({ ModelPackageGroupName, CreationTime }: ModelPackageGroup) => ({
  name: ModelPackageGroupName,
  created: CreationTime,
});

export const listModelPackageGroups = operation({
  input: z.strictObject({ ...listing, SortBy: z.enum(['Name', 'CreationTime']).optional() }),
  needs: () => [{ action: 'sagemaker:ListModelPackageGroups', resource: '*' }],
  run(input, { state: { tables } }: Call<SageMaker>) {
    const { items, ...next } = page(tables.modelPackageGroups.values(), input, key, 'Ascending');
    const ModelPackageGroupSummaryList = items.map(({ lastVersion: _, ...summary }) => summary);
    return { ModelPackageGroupSummaryList, ...next };
  },
});
