import * as z from 'zod';
import { operation } from '../../operation.ts';
import { findGroup, groupNeed, logGroupName, type LogsState } from './logsState.ts';

/** The days CloudWatch Logs accepts. */
const days = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const input = z.strictObject({ logGroupName, retentionInDays: z.literal(days) });

export const putRetentionPolicy = operation<LogsState, z.output<typeof input>, unknown>({
  input,
  needs: groupNeed('PutRetentionPolicy'),
  async run({ logGroupName: name, retentionInDays }, { world, state }) {
    state.groups.set(name, { ...findGroup(state, name), retentionInDays });
    await world.store.flushed();
    return {};
  },
});
