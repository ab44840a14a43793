import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn, seconds } from './names.ts';
import { pageOf, paging } from './parts.ts';
import type { StatesState } from './statesState.ts';
import { targetOf } from './versions.ts';

/** Of a machine, or those that route to a version; oldest first. */
export const listStateMachineAliases = operation({
  input: z.strictObject({ stateMachineArn: arn, ...paging }),
  needs: ({ stateMachineArn }) => [{ action: 'states:ListStateMachineAliases', resource: stateMachineArn }],
  run({ stateMachineArn, ...asked }, { world, state }: Call<StatesState>) {
    const { machine, versionArn } = targetOf(state, stateMachineArn, () => 0);
    const aliases = state.machines
      .aliasesOf(machine.arn)
      .filter(({ routes }) => versionArn === undefined || routes.some((it) => it.stateMachineVersionArn === versionArn))
      .toSorted((a, b) => a.created - b.created);
    const { page, ...more } = pageOf(aliases, `aliases ${stateMachineArn}`, asked, world.clock.now());
    return {
      stateMachineAliases: page.map((it) => ({ stateMachineAliasArn: it.arn, creationDate: seconds(it.created) })),
      ...more,
    };
  },
});
