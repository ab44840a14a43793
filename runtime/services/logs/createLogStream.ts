import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { findGroup, groupNeed, logGroupName, logStreamName, streamKey, type LogsState } from './logsState.ts';

const input = z.strictObject({ logGroupName, logStreamName });

export const createLogStream = operation<LogsState, z.output<typeof input>, unknown>({
  input,
  needs: groupNeed('CreateLogStream'),
  async run({ logGroupName: group, logStreamName: name }, { world, state }) {
    findGroup(state, group);
    const key = streamKey(group, name);
    if (state.streams.has(key))
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
    state.streams.set(key, { group, name, creationTime: world.clock.now() });
    await world.store.flushed();
    return {};
  },
});
