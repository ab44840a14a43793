import * as z from 'zod';
import { operation } from '../../operation.ts';
import type { LambdaState } from './lambdaState.ts';
import { layerArn, layerVersionItem, listMembers, suits } from './layerRecord.ts';

const input = z.strictObject(listMembers);

/** ListLayers, ordered by name, each with its latest version that suits; the marker is the last name of the page before. */
export const listLayers = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: () => [{ action: 'lambda:ListLayers', resource: '*' }],
  run({ Marker = '', MaxItems = 50, ...wanted }, { world, state }) {
    const found = [...state.layers.keys()]
      .filter((name) => name > Marker)
      .toSorted()
      .flatMap((name) => {
        const latest = state.layers.get(name)?.versions.findLast((version) => suits(version, wanted));
        return latest ? [{ name, latest }] : [];
      });
    const page = found.slice(0, MaxItems);
    return {
      Layers: page.map(({ name, latest }) => ({
        LayerName: name,
        LayerArn: layerArn(world, name),
        LatestMatchingVersion: layerVersionItem(world, name, latest),
      })),
      ...(page.length < found.length && { NextMarker: page.at(-1)?.name }),
    };
  },
});
