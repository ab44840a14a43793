/** What whole runs show of the roles in the template: permissions that are missing, and such as nobody needs. */
import type { RoleUsage } from '../../runtime/iam/usage.ts';

/** Of permissions that no life needs and a stack in AWS does, with the reason. */
const excuses: readonly { action: RegExp; role?: RegExp; reason: string }[] = [
  {
    action: /^events:(?:PutTargets|PutRule|DescribeRule)$/,
    reason: 'Step Functions hears of child executions by a rule',
  },
  { action: /^ecr:/, reason: 'SageMaker fetches the image of an algorithm' },
  { action: /^cloudwatch:PutMetricData$/, reason: 'SageMaker publishes metrics of jobs' },
  {
    action: /^logs:(?:CreateLogGroup|DescribeLogStreams)$/,
    role: /^SageMakerRole/,
    reason: 'SageMaker makes the log group of the first job',
  },
  { action: /AbortMultipartUpload$/, reason: 'only an upload of many megabytes that breaks off is aborted' },
  {
    action: /^s3:ListBucket$/,
    reason: 'S3 tells that an object is gone only to whoever may list; the matrix answers so itself',
  },
  {
    action: /^sqs:SendMessage$/,
    role: /^(?:Schedule|Reap)Role/,
    reason: 'the way of a call that was given up; nothing goes wrong with calls that belong to no run',
  },
];

export interface Permissions {
  /** Requests that no policy allowed. */
  denied: string[];
  /** Permissions that nothing has needed. */
  unused: string[];
  /** Permissions with a wildcard in their action. */
  wildcards: string[];
  /** Permissions that no life needs and a stack in AWS does, with the reason. */
  excused: string[];
}

const shortRole = (roleArn: string) => (roleArn.split('/').at(-1) ?? roleArn).replace(/^sluice-dev-/, '');

/** `parts`: the reports of processes that have shared the work. */
export const permissionsOf = (parts: readonly RoleUsage[][]): Permissions => {
  const found: Permissions = { denied: [], unused: [], wildcards: [], excused: [] };
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
      const excuse = excuses.find((it) => it.action.test(action) && (it.role?.test(role) ?? true));
      if (excuse) found.excused.push(`${role} ${action}: ${excuse.reason}`);
      else found.unused.push(`${role} ${action} (statement ${statement})`);
    }
  }
  return found;
};
