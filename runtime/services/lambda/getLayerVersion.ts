import * as z from 'zod';
import { operation } from '../../operation.ts';
import { findLayerVersion, type LambdaState } from './lambdaState.ts';
import { layerName, layerVersionAnswer, layerVersionArnOf, nameOfLayer, versionNumber } from './layerRecord.ts';

const input = z.strictObject({ LayerName: layerName, VersionNumber: versionNumber });

export const getLayerVersion = operation<LambdaState, z.output<typeof input>, unknown>({
  input,
  needs: ({ LayerName, VersionNumber }, { world }) => [
    { action: 'lambda:GetLayerVersion', resource: layerVersionArnOf(world, LayerName, VersionNumber) },
  ],
  run: ({ LayerName, VersionNumber }, { world, state }) =>
    layerVersionAnswer(
      world,
      nameOfLayer(LayerName),
      findLayerVersion(state, layerVersionArnOf(world, LayerName, VersionNumber)),
    ),
});
