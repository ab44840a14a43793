import * as z from 'zod';
import { operation } from '../../operation.ts';
import { findGroup, groupNeed, logGroupName, streamKey, streamsOf, type LogsState } from './logsState.ts';

const input = z.strictObject({ logGroupName });

export const deleteLogGroup = operation<LogsState, z.output<typeof input>, unknown>({
  input,
  needs: groupNeed('DeleteLogGroup'),
  async run({ logGroupName: name }, { world, state }) {
    findGroup(state, name);
    for (const stream of streamsOf(state, name)) state.streams.delete(streamKey(name, stream.name));
    state.groups.delete(name);
    await world.store.flushed();
    await state.files.removeGroup(name);
    return {};
  },
});
