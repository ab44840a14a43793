import * as z from 'zod';
import { operation } from '../../operation.ts';
import { paging } from './roleGrammar.ts';
import { pageOf, roleView, type IamState } from './roles.ts';

const input = z.strictObject({ PathPrefix: z.string().min(1).max(512).startsWith('/').default('/'), ...paging });

export const listRoles = operation<IamState, z.infer<typeof input>, unknown>({
  input,
  needs: ({ PathPrefix }, { world }) => [
    { action: 'iam:ListRoles', resource: `arn:aws:iam::${world.accountId}:role${PathPrefix}` },
  ],
  run({ PathPrefix, ...paging }, { state }) {
    const roles = [...state.roles.values()].filter(({ path }) => path.startsWith(PathPrefix));
    const { page, more } = pageOf(roles, ({ name }) => name, paging);
    // As on AWS, a list leaves the tags out.
    return { Roles: page.map((role) => roleView({ ...role, tags: [] })), ...more };
  },
});
