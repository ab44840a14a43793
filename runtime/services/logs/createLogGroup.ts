import * as z from 'zod';
import { AwsError, operation } from '../../operation.ts';
import { groupNeed, logGroupName, type LogsState } from './logsState.ts';

const input = z.strictObject({
  logGroupName,
  tags: z.record(z.string().max(128), z.string().max(256)).optional(),
  logGroupClass: z.literal('STANDARD').optional(),
});

export const createLogGroup = operation<LogsState, z.output<typeof input>, unknown>({
  input,
  needs: groupNeed('CreateLogGroup'),
  async run({ logGroupName: name, tags }, { world, state }) {
    if (state.groups.has(name))
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
    state.groups.set(name, { name, creationTime: world.clock.now(), ...(tags && { tags }) });
    await world.store.flushed();
    return {};
  },
});
