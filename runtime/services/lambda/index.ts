/** AWS Lambda: functions in worker threads of this process, with their own role, environment, memory and timeout. */
import type { ServiceFactory } from '../../operation.ts';
import { addPermission } from './addPermission.ts';
import { createAsyncEvents } from './asyncEvents.ts';
import { pruneBundles } from './bundle.ts';
import { createFunction } from './createFunction.ts';
import { deleteFunction } from './deleteFunction.ts';
import { deleteFunctionConcurrency } from './deleteFunctionConcurrency.ts';
import { deleteLayerVersion } from './deleteLayerVersion.ts';
import { createEnvironmentPool } from './environmentPool.ts';
import { deleteFunctionEventInvokeConfig } from './deleteFunctionEventInvokeConfig.ts';
import type { FunctionRecord } from './functionRecord.ts';
import { getFunction } from './getFunction.ts';
import { getFunctionEventInvokeConfig } from './getFunctionEventInvokeConfig.ts';
import { getFunctionConfiguration } from './getFunctionConfiguration.ts';
import { getLayerVersion } from './getLayerVersion.ts';
import { getPolicy } from './getPolicy.ts';
import { invoke } from './invoke.ts';
import type { LambdaState } from './lambdaState.ts';
import type { LayerRecord } from './layerRecord.ts';
import { listFunctions } from './listFunctions.ts';
import { listLayers } from './listLayers.ts';
import { listLayerVersions } from './listLayerVersions.ts';
import { publishLayerVersion } from './publishLayerVersion.ts';
import { putFunctionConcurrency } from './putFunctionConcurrency.ts';
import { putFunctionEventInvokeConfig } from './putFunctionEventInvokeConfig.ts';
import { removePermission } from './removePermission.ts';
import { routeLambda } from './route.ts';
import { updateFunctionCode } from './updateFunctionCode.ts';
import { updateFunctionConfiguration } from './updateFunctionConfiguration.ts';

export const lambda: ServiceFactory = (world) => {
  const functions = world.store.table<FunctionRecord>('lambda.functions');
  const layers = world.store.table<LayerRecord>('lambda.layers');
  const pool = createEnvironmentPool(world);
  const events = createAsyncEvents(world, functions, pool);
  const state: LambdaState = { functions, layers, pool, events };
  return {
    name: 'lambda',
    protocol: 'restJson',
    state,
    route: routeLambda,
    operations: {
      AddPermission: addPermission,
      CreateFunction: createFunction,
      DeleteFunction: deleteFunction,
      DeleteFunctionConcurrency: deleteFunctionConcurrency,
      DeleteFunctionEventInvokeConfig: deleteFunctionEventInvokeConfig,
      DeleteLayerVersion: deleteLayerVersion,
      GetFunction: getFunction,
      GetFunctionConfiguration: getFunctionConfiguration,
      GetFunctionEventInvokeConfig: getFunctionEventInvokeConfig,
      GetLayerVersion: getLayerVersion,
      GetPolicy: getPolicy,
      Invoke: invoke,
      ListFunctions: listFunctions,
      ListLayers: listLayers,
      ListLayerVersions: listLayerVersions,
      PublishLayerVersion: publishLayerVersion,
      PutFunctionConcurrency: putFunctionConcurrency,
      PutFunctionEventInvokeConfig: putFunctionEventInvokeConfig,
      RemovePermission: removePermission,
      UpdateFunctionCode: updateFunctionCode,
      UpdateFunctionConfiguration: updateFunctionConfiguration,
    },
    async start() {
      await pruneBundles(
        world,
        functions.values(),
        Array.from(layers.values()).flatMap(({ versions }) => versions),
      );
      events.start();
    },
    async stop() {
      events.stop();
      await pool.close();
    },
  };
};
