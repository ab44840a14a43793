import type { Table } from '../../journal/store.ts';
import { AwsError, type World } from '../../operation.ts';
import type { AsyncEvents } from './asyncEvents.ts';
import { largestUnzipped } from './bundle.ts';
import type { EnvironmentPool } from './environmentPool.ts';
import { arnOf, nameOf, type FunctionRecord } from './functionRecord.ts';
import { noSuchVersion, type FunctionLayer, type LayerRecord, type LayerVersion } from './layerRecord.ts';

/** What the operations of Lambda share. */
export interface LambdaState {
  functions: Table<FunctionRecord>;
  layers: Table<LayerRecord>;
  pool: EnvironmentPool;
  events: AsyncEvents;
}

/** The function a reference names; throws ResourceNotFoundException. */
export const findFunction = (state: LambdaState, world: World, reference: string): FunctionRecord => {
  const found = state.functions.get(nameOf(reference));
  if (!found)
    throw new AwsError('ResourceNotFoundException', `Function not found: ${arnOf(world, reference)}`, 404, {
      Type: 'User',
    });
  return found;
};

/** The version of a layer that an ARN names; throws ResourceNotFoundException. */
export const findLayerVersion = (state: LambdaState, arn: string): LayerVersion => {
  const [name = '', version] = arn.split(':').slice(-2);
  const found = state.layers.get(name)?.versions.find((it) => it.version === Number(version));
  if (!found) throw noSuchVersion(arn);
  return found;
};

/** The layers that a function is given; throws InvalidParameterValueException. */
export const layersFor = (state: LambdaState, world: World, arns: readonly string[]): FunctionLayer[] => {
  const refuse = (message: string) => new AwsError('InvalidParameterValueException', message, 400, { Type: 'User' });
  const names = arns.map((arn) => arn.split(':').at(-2));
  if (new Set(names).size < arns.length)
    throw refuse('Two different versions of the same layer are not allowed to be referenced in the same function.');
  const ours = `arn:${world.partition}:lambda:${world.region}:${world.accountId}:layer:`;
  return arns.map((arn) => {
    if (!arn.startsWith(ours))
      throw refuse(`Layer version ${arn} does not exist: this runtime has the layers of its own account and region.`);
    try {
      const { codeSha256, codeSize, unzippedSize } = findLayerVersion(state, arn);
      return { arn, codeSha256, codeSize, unzippedSize };
    } catch (cause) {
      const refused = refuse(`Layer version ${arn} does not exist.`);
      refused.cause = cause;
      throw refused;
    }
  });
};

/** Refuses code that is too large together with its layers. */
const checkSize = ({ unzippedSize = 0, layers = [] }: FunctionRecord) => {
  const size = layers.reduce((sum, layer) => sum + layer.unzippedSize, unzippedSize);
  if (size > largestUnzipped)
    throw new AwsError(
      'InvalidParameterValueException',
      `Function code combined with layers exceeds the maximum allowed size of ${largestUnzipped} bytes. The actual size is ${size} bytes.`,
      400,
      { Type: 'User' },
    );
};

/** Refuses a change that was based on an older revision. */
export const checkRevision = (fn: FunctionRecord, revisionId: string | undefined): void => {
  if (revisionId !== undefined && revisionId !== fn.revisionId)
    throw new AwsError(
      'PreconditionFailedException',
      'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
      412,
      { Type: 'User' },
    );
};

/** Keeps a changed function under a new revision; resolves when it is durable. Throws for one that is too large. */
export const keepFunction = async (state: LambdaState, world: World, fn: FunctionRecord): Promise<FunctionRecord> => {
  checkSize(fn);
  const kept = { ...fn, revisionId: world.ids.uuid() };
  state.functions.set(fn.name, kept);
  await world.store.flushed();
  return kept;
};
