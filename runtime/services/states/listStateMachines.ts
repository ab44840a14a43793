import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { seconds } from './names.ts';
import { pageOf, paging } from './parts.ts';
import type { StatesState } from './statesState.ts';

export const listStateMachines = operation({
  input: z.strictObject(paging),
  needs: () => [{ action: 'states:ListStateMachines', resource: '*' }],
  run(asked, { world, state }: Call<StatesState>) {
    const { page, ...more } = pageOf([...state.machines.records.values()], 'machines', asked, world.clock.now());
    return {
      stateMachines: page.map(({ arn, name, type, created }) => ({
        stateMachineArn: arn,
        name,
        type,
        creationDate: seconds(created),
      })),
      ...more,
    };
  },
});
