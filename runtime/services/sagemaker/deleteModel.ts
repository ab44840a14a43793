import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arnOf } from './arns.ts';
import { validationError } from './failures.ts';
import { modelName } from './grammar.ts';
import type { SageMaker } from './sagemakerState.ts';

/** Endpoints that serve the model go on: they keep what they need of it. */
export const deleteModel = operation({
  input: z.strictObject({ ModelName: modelName }),
  needs: ({ ModelName }, { world }: Call<SageMaker>) => [
    { action: 'sagemaker:DeleteModel', resource: arnOf(world, 'model', ModelName) },
  ],
  async run({ ModelName }, { world, state: { tables } }) {
    const arn = arnOf(world, 'model', ModelName);
    if (!tables.models.get(ModelName)) throw validationError(`Could not find model "${arn}".`);
    tables.models.remove(ModelName);
    tables.tags.delete(arn);
    await world.store.flushed();
    return {};
  },
});
