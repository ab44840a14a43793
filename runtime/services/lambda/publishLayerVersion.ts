import * as z from 'zod';
import { operation } from '../../operation.ts';
import { created } from './answers.ts';
import { unpackLayer } from './bundle.ts';
import { codeMembers, fetchZip } from './functionSettings.ts';
import type { LambdaState } from './lambdaState.ts';
import { layerArn, layerName, layerVersionAnswer, nameOfLayer, type LayerVersion } from './layerRecord.ts';

const input = z.strictObject({
  LayerName: layerName,
  Content: z.strictObject(codeMembers),
  Description: z.string().max(256).optional(),
  CompatibleRuntimes: z.array(z.string().max(64)).max(15).optional(),
  CompatibleArchitectures: z
    .array(z.enum(['x86_64', 'arm64']))
    .max(2)
    .optional(),
  LicenseInfo: z.string().max(512).optional(),
});

/** PublishLayerVersion: a new version at every call, whatever its content. */
export const publishLayerVersion = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ LayerName }, { world }) => [{ action: 'lambda:PublishLayerVersion', resource: layerArn(world, LayerName) }],
  async run({ LayerName, Content, ...given }, call) {
    const { world, state } = call;
    const name = nameOfLayer(LayerName);
    const unpacked = await unpackLayer(world, await fetchZip(call, Content));
    const { lastVersion, versions } = state.layers.get(name) ?? { lastVersion: 0, versions: [] };
    const version: LayerVersion = {
      ...unpacked,
      version: lastVersion + 1,
      description: given.Description ?? '',
      ...(given.CompatibleRuntimes && { compatibleRuntimes: given.CompatibleRuntimes }),
      ...(given.CompatibleArchitectures && { compatibleArchitectures: given.CompatibleArchitectures }),
      ...(given.LicenseInfo !== undefined && { licenseInfo: given.LicenseInfo }),
      createdAt: world.clock.now(),
    };
    state.layers.set(name, { lastVersion: version.version, versions: [...versions, version] });
    await world.store.flushed();
    return created(layerVersionAnswer(world, name, version));
  },
});
