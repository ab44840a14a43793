/**
 * Both sides must agree: the caller's policies (checked by the dispatcher; AWS services need none) and the role's trust policy.
 * Services of the runtime call this as themselves to learn whether a role trusts them before they take it.
 */
import * as z from 'zod';
import { parsePolicy } from '../../iam/policy.ts';
import { requestContext } from '../../iam/requestContext.ts';
import { roleNameOf } from '../../iam/role.ts';
import { trusts } from '../../iam/trust.ts';
import { AwsError, operation, type World } from '../../operation.ts';

const input = z.strictObject({
  RoleArn: z.string().min(20).max(2048),
  RoleSessionName: z
    .string()
    .min(2)
    .max(64)
    .regex(/^[\w+=,.@-]*$/),
  DurationSeconds: z.number().int().min(900).max(43_200).default(3600),
});

const found = z.object({
  Role: z.object({
    Arn: z.string(),
    RoleId: z.string(),
    MaxSessionDuration: z.number(),
    AssumeRolePolicyDocument: z.string().transform(decodeURIComponent),
  }),
});

/** The role, undefined where there is none: a caller must not learn which roles exist. */
const roleOf = async (world: World, roleArn: string) => {
  const principal = { kind: 'service', arn: 'sts.amazonaws.com', service: 'sts' } as const;
  try {
    const answer = await world.call(principal, 'iam', 'GetRole', { RoleName: roleNameOf(roleArn) ?? '' });
    const { Role } = found.parse(answer);
    return Role.Arn === roleArn ? Role : undefined;
  } catch (error) {
    if (error instanceof AwsError && (error.code === 'NoSuchEntity' || error.code === 'ValidationError'))
      return undefined;
    throw error;
  }
};

export const assumeRole = operation<object, z.infer<typeof input>, unknown>({
  input,
  needs: ({ RoleArn }) => [{ action: 'sts:AssumeRole', resource: RoleArn }],
  async run({ RoleArn, RoleSessionName, DurationSeconds }, { world, principal }) {
    const role = await roleOf(world, RoleArn);
    const context = requestContext(world, principal, { 'sts:RoleSessionName': RoleSessionName });
    if (!role || !trusts(parsePolicy(role.AssumeRolePolicyDocument, 'trust'), principal, RoleArn, context))
      throw new AwsError(
        'AccessDenied',
        `User: ${principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
        403,
      );
    if (DurationSeconds > role.MaxSessionDuration)
      throw new AwsError(
        'ValidationError',
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      );
    const expires = world.clock.now() + DurationSeconds * 1000;
    const { accessKeyId, secretAccessKey, sessionToken } = world.credentialsFor(RoleArn, RoleSessionName, expires);
    return {
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: Math.floor(expires / 1000),
      },
      AssumedRoleUser: {
        AssumedRoleId: `${role.RoleId}:${RoleSessionName}`,
        Arn: `arn:aws:sts::${world.accountId}:assumed-role/${roleNameOf(RoleArn)}/${RoleSessionName}`,
      },
      PackedPolicySize: 0,
    };
  },
});
