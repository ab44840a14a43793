import { AwsError, type Principal, type World } from '../../operation.ts';

/**
 * The execution role as a caller. Scheduler assumes it for the schedule's group, which is `aws:SourceArn` (User Guide, "Confused
 * deputy prevention"). Throws AccessDenied when the role does not let it; a runtime without STS has no trust to look at.
 */
export const takeOn = async (world: World, roleArn: string, groupArn: string): Promise<Principal> => {
  const scheduler = { kind: 'service', arn: groupArn, service: 'scheduler' } as const;
  try {
    await world.call(scheduler, 'sts', 'AssumeRole', { RoleArn: roleArn, RoleSessionName: sessionName });
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'UnknownServiceException') throw error;
  }
  return {
    kind: 'role',
    roleArn,
    sessionName,
    arn: `arn:${world.partition}:sts::${world.accountId}:assumed-role/${roleArn.split('/').at(-1)}/${sessionName}`,
  };
};

const sessionName = 'scheduler';
