import * as z from 'zod';
import { resourceType, type Deployment } from '../resource.ts';
import { unlessGone, unlessThere } from './gone.ts';
import { tags } from './tags.ts';

const properties = z.strictObject({
  RoleName: z.string().optional(),
  Path: z.literal('/').optional(),
  Description: z.string().optional(),
  AssumeRolePolicyDocument: z.unknown(),
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: z.unknown() })).default([]),
  Tags: tags,
});

/** AWS::IAM::Role with its inline policies; policies that the template no longer has are taken away. */
export const role = resourceType({
  properties,
  async apply(given, deployment) {
    const { world, call, defaultName } = deployment;
    const RoleName = given.RoleName ?? defaultName(64);
    const trust = JSON.stringify(given.AssumeRolePolicyDocument);
    const created = await unlessThere(['EntityAlreadyExists'], () =>
      call('iam', 'CreateRole', {
        RoleName,
        AssumeRolePolicyDocument: trust,
        ...(given.Description && { Description: given.Description }),
      }),
    );
    if (!created) await call('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument: trust });
    for (const { PolicyName, PolicyDocument } of given.Policies)
      await call('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument: JSON.stringify(PolicyDocument) });
    for (const PolicyArn of given.ManagedPolicyArns) await call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
    await removePolicies(
      deployment,
      RoleName,
      given.Policies.map(({ PolicyName }) => PolicyName),
      given.ManagedPolicyArns,
    );
    return {
      ref: RoleName,
      attributes: { Arn: `arn:${world.partition}:iam::${world.accountId}:role/${RoleName}` },
    };
  },
  remove: (made, deployment) =>
    unlessGone(async () => {
      await removePolicies(deployment, made.ref, [], []);
      await deployment.call('iam', 'DeleteRole', { RoleName: made.ref });
    }),
});

/** Takes every policy away that is not to be kept. */
const removePolicies = async (
  { call }: Pick<Deployment, 'call'>,
  RoleName: string,
  keptNames: readonly string[],
  keptArns: readonly string[],
) => {
  const { PolicyNames } = await call<{ PolicyNames: string[] }>('iam', 'ListRolePolicies', { RoleName });
  for (const PolicyName of PolicyNames)
    if (!keptNames.includes(PolicyName)) await call('iam', 'DeleteRolePolicy', { RoleName, PolicyName });
  const { AttachedPolicies } = await call<{ AttachedPolicies: { PolicyArn: string }[] }>(
    'iam',
    'ListAttachedRolePolicies',
    { RoleName },
  );
  for (const { PolicyArn } of AttachedPolicies)
    if (!keptArns.includes(PolicyArn)) await call('iam', 'DetachRolePolicy', { RoleName, PolicyArn });
};
