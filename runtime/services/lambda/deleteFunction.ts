import * as z from 'zod';
import { operation } from '../../operation.ts';
import { noContent } from './answers.ts';
import { removeBundles } from './bundle.ts';
import { arnOf, functionName } from './functionRecord.ts';
import { findFunction, type LambdaState } from './lambdaState.ts';

const input = z.strictObject({ FunctionName: functionName });

/** DeleteFunction; its logs stay, as on AWS. */
export const deleteFunction = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName }, { world }) => [{ action: 'lambda:DeleteFunction', resource: arnOf(world, FunctionName) }],
  async run({ FunctionName }, { world, state }) {
    const { name } = findFunction(state, world, FunctionName);
    state.functions.delete(name);
    await world.store.flushed();
    state.pool.retire(name);
    await removeBundles(world, name);
    return noContent;
  },
});
