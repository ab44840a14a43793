import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { listing } from './grammar.ts';
import { page } from './listing.ts';
import type { SageMaker } from './sagemakerState.ts';

export const listModels = operation({
  input: z.strictObject({ ...listing, SortBy: z.enum(['Name', 'CreationTime']).optional() }),
  needs: () => [{ action: 'sagemaker:ListModels', resource: '*' }],
  run(input, { state: { tables } }: Call<SageMaker>) {
    const key = (model: { ModelName: string; CreationTime: number }) => ({
      name: model.ModelName,
      created: model.CreationTime,
    });
    const { items, ...next } = page(tables.models.values(), input, key, 'Descending');
    const Models = items.map(({ ModelName, ModelArn, CreationTime }) => ({ ModelName, ModelArn, CreationTime }));
    return { Models, ...next };
  },
});
