import * as z from 'zod';
import { operation } from '../../operation.ts';
import { arnOf, configurationOf, functionName } from './functionRecord.ts';
import {
  checkAssumable,
  configurationMembers,
  handlerName,
  keptSettings,
  passRole,
  roleArn,
  runtimeName,
} from './functionSettings.ts';
import { checkRevision, findFunction, keepFunction, layersFor, type LambdaState } from './lambdaState.ts';
import { readLayers } from './layerRecord.ts';

const input = z.strictObject({
  FunctionName: functionName,
  Role: roleArn.optional(),
  Runtime: runtimeName.optional(),
  Handler: handlerName.optional(),
  RevisionId: z.string().optional(),
  ...configurationMembers,
});

/** UpdateFunctionConfiguration: what is not given stays; the environment is replaced as a whole. */
export const updateFunctionConfiguration = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName, Role, Layers }, { world }) => [
    { action: 'lambda:UpdateFunctionConfiguration', resource: arnOf(world, FunctionName) },
    ...(Role === undefined ? [] : [passRole(Role)]),
    ...readLayers(Layers),
  ],
  async run({ FunctionName, Role, Runtime, Handler, RevisionId, Layers, ...settings }, { world, state }) {
    findFunction(state, world, FunctionName);
    if (Role !== undefined) await checkAssumable(world, Role);
    const fn = findFunction(state, world, FunctionName);
    checkRevision(fn, RevisionId);
    const kept = await keepFunction(state, world, {
      ...fn,
      ...(Role !== undefined && { role: Role }),
      ...(Runtime !== undefined && { runtime: Runtime }),
      ...(Handler !== undefined && { handler: Handler }),
      ...(Layers && { layers: layersFor(state, world, Layers) }),
      ...keptSettings(settings),
      lastModified: world.clock.now(),
      generation: fn.generation + 1,
    });
    state.pool.retire(fn.name);
    return configurationOf(kept);
  },
});
