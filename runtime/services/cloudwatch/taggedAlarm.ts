import type { CloudWatch } from './cloudwatchState.ts';
import { failure } from './errors.ts';

/** The tags of the alarm an ARN names; nothing else has tags here. Throws ResourceNotFoundException. */
export const tagsOf = ({ alarms, tags }: CloudWatch, arn: string): Record<string, string> => {
  const name = arn.split(':').slice(6).join(':');
  if (alarms.get(name)?.arn !== arn)
    throw failure('ResourceNotFoundException', `${arn} does not exist`, { ResourceType: 'alarm', ResourceId: name });
  return tags.get(arn) ?? {};
};
