/** What whole runs show of the roles in the template: permissions that are missing, and such as nobody needs. */
import type { RoleUsage } from '../../runtime/iam/usage.ts';

/** Of permissions that AWS asks for and the embedded one does not, with the reason. */
const onlyOnAws: readonly { action: RegExp; reason: string }[] = [
  {
    action: /^events:(?:PutTargets|PutRule|DescribeRule)$/,
    reason: 'Step Functions hears of child executions by a rule',
  },
  { action: /^ecr:/, reason: 'SageMaker fetches the image of an algorithm' },
  { action: /^cloudwatch:PutMetricData$/, reason: 'SageMaker publishes metrics of jobs' },
  { action: /^logs:(?:CreateLogGroup|DescribeLogStreams)$/, reason: 'SageMaker makes the log group of the first job' },
  { action: /AbortMultipartUpload$/, reason: 'only an upload of many megabytes that breaks off is aborted' },
];

export interface Permissions {
  /** Requests that no policy allowed. */
  denied: string[];
  /** Permissions that nothing has needed. */
  unused: string[];
  /** Permissions with a wildcard in their action. */
  wildcards: string[];
  /** Permissions that were not needed here and are on AWS, with the reason. */
  onlyOnAws: string[];
}

const shortRole = (roleArn: string) => (roleArn.split('/').at(-1) ?? roleArn).replace(/^sluice-dev-/, '');

/** `parts`: the reports of processes that have shared the work. */
export const permissionsOf = (parts: readonly RoleUsage[][]): Permissions => {
  const found: Permissions = { denied: [], unused: [], wildcards: [], onlyOnAws: [] };
  const [first = []] = parts;
  for (const { roleArn, used, unused } of first) {
    const same = parts.flatMap((part) => part.filter((it) => it.roleArn === roleArn));
    const role = shortRole(roleArn);
    for (const { action, resource } of same.flatMap(({ denied }) => denied))
      found.denied.push(`${role} ${action} on ${resource}`);
    for (const { action } of [...used, ...unused]) if (action.includes('*')) found.wildcards.push(`${role} ${action}`);
    for (const { policy, statement, action } of unused) {
      const needless = same.every(({ unused: theirs }) =>
        theirs.some((it) => it.policy === policy && it.statement === statement && it.action === action),
      );
      if (!needless) continue;
      const excuse = onlyOnAws.find((it) => it.action.test(action));
      if (excuse) found.onlyOnAws.push(`${role} ${action}: ${excuse.reason}`);
      else found.unused.push(`${role} ${action} (statement ${statement})`);
    }
  }
  return found;
};
