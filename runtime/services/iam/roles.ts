/** The roles of the account, and how operations reach and show them. */
import type { Table } from '../../journal/store.ts';
import { rolesTable, type RoleRecord } from '../../iam/role.ts';
import { AwsError, type Call, type Need, type World } from '../../operation.ts';

export interface IamState {
  roles: Table<RoleRecord>;
}

export const rolesOf = (world: World): IamState => ({ roles: world.store.table<RoleRecord>(rolesTable) });

/** Throws NoSuchEntity (404). */
export const existingRole = ({ state }: Call<IamState>, name: string): RoleRecord => {
  const role = state.roles.get(name);
  if (!role) throw new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
  return role;
};

/** Sets the role; resolves when that is durable. */
export const keepRole = async ({ state, world }: Call<IamState>, role: RoleRecord): Promise<void> => {
  state.roles.set(role.name, role);
  await world.store.flushed();
};

/** A permission on a role, which need not exist. */
export const roleNeed =
  (action: string) =>
  ({ RoleName }: { RoleName: string }, { state, world }: Call<IamState>): Need[] => [
    {
      action: `iam:${action}`,
      resource: state.roles.get(RoleName)?.arn ?? `arn:aws:iam::${world.accountId}:role/${RoleName}`,
    },
  ];

/** A role as answers show it; policy documents are URL-encoded (RFC 3986) in every answer of IAM. */
export const roleView = (role: RoleRecord) => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: role.created,
  AssumeRolePolicyDocument: encodeURIComponent(role.trust),
  Description: role.description,
  MaxSessionDuration: role.maxSession,
  ...(role.tags.length > 0 && { Tags: role.tags }),
});

/** One page of a list, continued behind the item that `Marker` names. */
export const pageOf = <Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { Marker, MaxItems }: { Marker?: string | undefined; MaxItems: number },
) => {
  const sorted = items.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const rest = Marker === undefined ? sorted : sorted.filter((item) => nameOf(item) > Marker);
  const page = rest.slice(0, MaxItems);
  const last = page.at(-1);
  const more = rest.length > page.length && last !== undefined;
  return { page, more: { IsTruncated: more, ...(more && { Marker: nameOf(last) }) } };
};
