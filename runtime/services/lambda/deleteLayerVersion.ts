import * as z from 'zod';
import { operation } from '../../operation.ts';
import { noContent } from './answers.ts';
import type { LambdaState } from './lambdaState.ts';
import { layerName, layerVersionArnOf, nameOfLayer, versionNumber } from './layerRecord.ts';

const input = z.strictObject({ LayerName: layerName, VersionNumber: versionNumber });

/** DeleteLayerVersion: functions that have the version keep it; one that is not there is no error, as on AWS. */
export const deleteLayerVersion = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ LayerName, VersionNumber }, { world }) => [
    { action: 'lambda:DeleteLayerVersion', resource: layerVersionArnOf(world, LayerName, VersionNumber) },
  ],
  async run({ LayerName, VersionNumber }, { world, state }) {
    const name = nameOfLayer(LayerName);
    const layer = state.layers.get(name);
    if (layer) {
      const versions = layer.versions.filter(({ version }) => version !== VersionNumber);
      state.layers.set(name, { ...layer, versions });
      await world.store.flushed();
    }
    return noContent;
  },
});
