import { AwsError, type Need } from '../../operation.ts';
import type { Group, SchedulerState } from './schedules.ts';

/** The group an ARN names: nothing else here has tags. Throws ResourceNotFoundException. */
export const taggedGroup = ({ groups }: SchedulerState, arn: string): Group => {
  const group = groups.get(arn.split('/').at(-1) ?? '');
  if (group?.Arn !== arn) throw new AwsError('ResourceNotFoundException', `Schedule Group ${arn} does not exist.`, 404);
  return group;
};

/** One permission on the group an ARN names. */
export const onTagged =
  (action: string) =>
  ({ ResourceArn }: { ResourceArn: string }): Need[] => [{ action: `scheduler:${action}`, resource: ResourceArn }];
