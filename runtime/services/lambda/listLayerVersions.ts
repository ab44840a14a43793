import * as z from 'zod';
import { operation } from '../../operation.ts';
import type { LambdaState } from './lambdaState.ts';
import { layerName, layerVersionItem, listMembers, nameOfLayer, suits } from './layerRecord.ts';

const input = z.strictObject({ LayerName: layerName, ...listMembers });

/** ListLayerVersions, the newest first; the marker is the last version of the page before. A layer without any has none. */
export const listLayerVersions = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: () => [{ action: 'lambda:ListLayerVersions', resource: '*' }],
  run({ LayerName, Marker, MaxItems = 50, ...wanted }, { world, state }) {
    const name = nameOfLayer(LayerName);
    const before = Marker === undefined ? Infinity : Number(Marker);
    const found = (state.layers.get(name)?.versions ?? [])
      .filter((it) => it.version < before && suits(it, wanted))
      .toReversed();
    const page = found.slice(0, MaxItems);
    return {
      LayerVersions: page.map((it) => layerVersionItem(world, name, it)),
      ...(page.length < found.length && { NextMarker: String(page.at(-1)?.version) }),
    };
  },
});
