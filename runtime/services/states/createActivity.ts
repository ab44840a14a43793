import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { checkEncryption, encryption } from './configuration.ts';
import { activityArn, checkName, seconds } from './names.ts';
import { tagList, tagRecord } from './parts.ts';
import type { StatesState } from './statesState.ts';

/** Idempotent on the name. */
export const createActivity = operation({
  input: z.strictObject({
    name: z.string(),
    tags: tagList.optional(),
    encryptionConfiguration: encryption.optional(),
  }),
  needs: ({ name }, { world }) => [{ action: 'states:CreateActivity', resource: activityArn(world, name) }],
  async run({ name, tags, encryptionConfiguration }, { world, state }: Call<StatesState>) {
    checkName(name);
    checkEncryption(encryptionConfiguration);
    const arn = activityArn(world, name);
    const { records } = state.activities;
    const created = records.get(arn)?.created ?? world.clock.now();
    if (!records.has(arn)) records.set(arn, { arn, name, created, tags: tagRecord(tags) });
    await world.store.flushed();
    return { activityArn: arn, creationDate: seconds(created) };
  },
});
