import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { created } from './answers.ts';
import { arnOf, configurationOf, functionName, nameOf, type FunctionRecord } from './functionRecord.ts';
import {
  checkAssumable,
  codeMembers,
  configurationMembers,
  handlerName,
  installCode,
  keptSettings,
  passRole,
  roleArn,
  runtimeName,
} from './functionSettings.ts';
import { keepFunction, layersFor, type LambdaState } from './lambdaState.ts';
import { readLayers } from './layerRecord.ts';

const input = z.strictObject({
  FunctionName: functionName,
  Code: z.strictObject(codeMembers),
  Role: roleArn,
  Runtime: runtimeName,
  Handler: handlerName,
  Architectures: z
    .array(z.enum(['x86_64', 'arm64']))
    .length(1)
    .optional(),
  PackageType: z.literal('Zip').optional(),
  Publish: z.literal(false).optional(),
  Tags: z.record(z.string().max(128), z.string().max(256)).optional(),
  ...configurationMembers,
});

/** CreateFunction; the function can be invoked as soon as this answers. */
export const createFunction = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ FunctionName, Role, Layers }, { world }) => [
    { action: 'lambda:CreateFunction', resource: arnOf(world, FunctionName) },
    passRole(Role),
    ...readLayers(Layers),
  ],
  async run({ FunctionName, Code, Role, Runtime, Handler, Architectures, Tags, Layers, ...settings }, call) {
    const { world, state } = call;
    const name = nameOf(FunctionName);
    if (state.functions.has(name))
      throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, 409, { Type: 'User' });
    await checkAssumable(world, Role);
    const kept = keptSettings(settings);
    const layers = layersFor(state, world, Layers ?? []);
    const code = await installCode(call, name, Code);
    const fn: FunctionRecord = {
      name,
      arn: arnOf(world, name),
      runtime: Runtime,
      role: Role,
      handler: Handler,
      description: '',
      timeout: 3,
      memorySize: 128,
      environment: {},
      architectures: Architectures ?? ['x86_64'],
      ephemeralStorage: 512,
      tracingMode: 'PassThrough',
      logGroup: `/aws/lambda/${name}`,
      tags: Tags ?? {},
      ...kept,
      layers,
      ...code,
      lastModified: world.clock.now(),
      revisionId: '',
      generation: 1,
      policy: [],
    };
    return created(configurationOf(await keepFunction(state, world, fn)));
  },
});
