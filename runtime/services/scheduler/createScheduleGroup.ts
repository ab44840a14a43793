import * as z from 'zod';
import { AwsError, operation, type Call } from '../../operation.ts';
import { clientToken, name, tags } from './grammar.ts';
import { groupArn, onGroup, type SchedulerState } from './schedules.ts';
import { once } from './tokens.ts';

/** CreateScheduleGroup */
export const createScheduleGroup = operation({
  input: z.strictObject({ Name: name, Tags: tags.optional(), ClientToken: clientToken }),
  needs: onGroup('CreateScheduleGroup'),
  run: (input, call: Call<SchedulerState>) =>
    once(call, 'CreateScheduleGroup', input, async () => {
      const { world, state } = call;
      const { Name, Tags = [] } = input;
      if (state.groups.has(Name))
        throw new AwsError('ConflictException', `Schedule Group ${Name} already exists.`, 409);
      const now = Math.floor(world.clock.now() / 1000);
      const Arn = groupArn(world, Name);
      state.groups.set(Name, {
        Name,
        Arn,
        State: 'ACTIVE',
        CreationDate: now,
        LastModificationDate: now,
        tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
      });
      await world.store.flushed();
      return { ScheduleGroupArn: Arn };
    }),
});
