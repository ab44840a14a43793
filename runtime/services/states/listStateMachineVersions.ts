import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn, seconds } from './names.ts';
import { pageOf, paging } from './parts.ts';
import type { StatesState } from './statesState.ts';

/** Newest first. */
export const listStateMachineVersions = operation({
  input: z.strictObject({ stateMachineArn: arn, ...paging }),
  needs: ({ stateMachineArn }) => [{ action: 'states:ListStateMachineVersions', resource: stateMachineArn }],
  run({ stateMachineArn, ...asked }, { world, state }: Call<StatesState>) {
    const machine = state.machines.find(stateMachineArn);
    const versions = state.machines.versionsOf(machine.arn).toSorted((a, b) => b.number - a.number);
    const { page, ...more } = pageOf(versions, `versions ${machine.arn}`, asked, world.clock.now());
    return {
      stateMachineVersions: page.map((it) => ({
        stateMachineVersionArn: it.arn,
        creationDate: seconds(it.created),
      })),
      ...more,
    };
  },
});
