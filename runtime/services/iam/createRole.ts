import * as z from 'zod';
import type { RoleRecord } from '../../iam/role.ts';
import { parsePolicy } from '../../iam/policy.ts';
import { AwsError, operation } from '../../operation.ts';
import { policyText, roleName } from './roleGrammar.ts';
import { keepRole, roleView, type IamState } from './roles.ts';

const input = z.strictObject({
  RoleName: roleName,
  AssumeRolePolicyDocument: policyText,
  Path: z
    .string()
    .max(512)
    .regex(/^\/([!-~]+\/)?$/)
    .default('/'),
  Description: z.string().max(1000).optional(),
  MaxSessionDuration: z.number().int().min(3600).max(43_200).default(3600),
  Tags: z
    .array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }))
    .max(50)
    .default([]),
});

export const createRole = operation<IamState, z.infer<typeof input>, unknown>({
  input,
  needs: ({ RoleName, Path }, { world }) => [
    { action: 'iam:CreateRole', resource: `arn:aws:iam::${world.accountId}:role${Path}${RoleName}` },
  ],
  async run({ RoleName, Path, Description, ...rest }, call) {
    const { state, world } = call;
    if (state.roles.has(RoleName))
      throw new AwsError('EntityAlreadyExists', `Role with name ${RoleName} already exists.`, 409);
    parsePolicy(rest.AssumeRolePolicyDocument, 'trust');
    const role: RoleRecord = {
      name: RoleName,
      path: Path,
      arn: `arn:aws:iam::${world.accountId}:role${Path}${RoleName}`,
      id: `AROA${world.ids.hex(9).slice(0, 17).toUpperCase()}`,
      created: Math.floor(world.clock.now() / 1000),
      ...(Description !== undefined && { description: Description }),
      maxSession: rest.MaxSessionDuration,
      tags: rest.Tags,
      trust: rest.AssumeRolePolicyDocument,
      inline: {},
      attached: [],
    };
    await keepRole(call, role);
    return { Role: roleView(role) };
  },
});
