/** Tags of machines and activities. */
import { AwsError, type Call } from '../../operation.ts';
import type { StatesState } from './statesState.ts';

/** What can be tagged; versions and aliases cannot. */
export interface Tagged {
  tags: Readonly<Record<string, string>>;
  /** Throws TooManyTags. */
  retag(tags: Record<string, string>): Promise<void>;
}

const tagLimit = 50;

/** Throws InvalidArn or ResourceNotFound. */
export const taggedResource = ({ state, world }: Call<StatesState>, resourceArn: string): Tagged => {
  const [, , service, , , kind] = resourceArn.split(':');
  if (service !== 'states' || (kind !== 'stateMachine' && kind !== 'activity'))
    throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${resourceArn}'`);
  const table = kind === 'activity' ? state.activities.records : state.machines.records;
  const record = table.get(resourceArn);
  if (!record)
    throw new AwsError('ResourceNotFound', `Resource not found: '${resourceArn}'`, 400, { resourceName: resourceArn });
  return {
    tags: record.tags,
    async retag(tags) {
      if (Object.keys(tags).length > tagLimit)
        throw new AwsError('TooManyTags', `A resource has at most ${tagLimit} tags`, 400, {
          resourceName: resourceArn,
        });
      table.set(resourceArn, { ...record, tags });
      await world.store.flushed();
    },
  };
};
