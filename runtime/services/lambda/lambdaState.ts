import type { Table } from '../../journal/store.ts';
import { AwsError, type World } from '../../operation.ts';
import type { AsyncEvents } from './asyncEvents.ts';
import type { EnvironmentPool } from './environmentPool.ts';
import { arnOf, nameOf, type FunctionRecord } from './functionRecord.ts';

/** What the operations of Lambda share. */
export interface LambdaState {
  functions: Table<FunctionRecord>;
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

/** Keeps a changed function under a new revision; resolves when it is durable. */
export const keepFunction = async (state: LambdaState, world: World, fn: FunctionRecord): Promise<FunctionRecord> => {
  const kept = { ...fn, revisionId: world.ids.uuid() };
  state.functions.set(fn.name, kept);
  await world.store.flushed();
  return kept;
};
