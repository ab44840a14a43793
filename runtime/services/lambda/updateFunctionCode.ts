import * as z from 'zod';
import { operation } from '../../operation.ts';
import { arnOf, configurationOf, functionName } from './functionRecord.ts';
import { codeMembers, installCode } from './functionSettings.ts';
import { checkRevision, findFunction, keepFunction, type LambdaState } from './lambdaState.ts';

const input = z.strictObject({
  FunctionName: functionName,
  ...codeMembers,
  Architectures: z
    .array(z.enum(['x86_64', 'arm64']))
    .length(1)
    .optional(),
  DryRun: z.boolean().optional(),
  Publish: z.literal(false).optional(),
  RevisionId: z.string().optional(),
});

/** UpdateFunctionCode: events under way end on the old code, the next one runs the new. */
export const updateFunctionCode = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName }, { world }) => [
    { action: 'lambda:UpdateFunctionCode', resource: arnOf(world, FunctionName) },
  ],
  async run({ FunctionName, RevisionId, DryRun, Architectures, ...code }, call) {
    const { world, state } = call;
    const { name } = findFunction(state, world, FunctionName);
    const installed = await installCode(call, name, code);
    // Read again: another change may have been kept while the bundle was unpacked.
    const fn = findFunction(state, world, name);
    checkRevision(fn, RevisionId);
    const changed = {
      ...fn,
      ...installed,
      ...(Architectures && { architectures: Architectures }),
      lastModified: world.clock.now(),
      generation: fn.generation + 1,
    };
    if (DryRun) return configurationOf(changed);
    const kept = await keepFunction(state, world, changed);
    state.pool.retire(name);
    return configurationOf(kept);
  },
});
