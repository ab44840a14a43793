import * as z from 'zod';
import { operation, type Call } from '../../operation.ts';
import { arn, seconds } from './names.ts';
import type { StatesState } from './statesState.ts';

export const describeActivity = operation({
  input: z.strictObject({ activityArn: arn }),
  needs: ({ activityArn }) => [{ action: 'states:DescribeActivity', resource: activityArn }],
  run({ activityArn }, { state }: Call<StatesState>) {
    const { name, created } = state.activities.find(activityArn);
    return {
      activityArn,
      name,
      creationDate: seconds(created),
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' as const },
    };
  },
});
