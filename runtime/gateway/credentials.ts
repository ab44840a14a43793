/** Who holds which access key: the root user's, kept with the data, and temporary ones of roles, kept in memory. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { errorCode } from '../errorCode.ts';
import type { Clock } from '../clock.ts';
import type { Ids } from '../ids.ts';
import { roleNameOf } from '../iam/role.ts';
import { AwsError, type Credentials, type Principal } from '../operation.ts';

export interface Holder {
  credentials: Credentials;
  principal: Principal;
  /** Epoch ms; absent for keys that do not expire. */
  expires?: number;
}

export interface Keyring {
  readonly root: Credentials;
  holderOf(accessKeyId: string): Holder | undefined;
  /** The same credentials for the same role and session, valid until the runtime stops. */
  credentialsFor(roleArn: string, sessionName: string): Credentials;
  /** New credentials at each call, refused after `expires` (epoch ms). */
  issue(roleArn: string, sessionName: string, expires: number): Credentials;
}

const stored = z.object({ accessKeyId: z.string().min(16), secretAccessKey: z.string().min(16) });

const freshRoot = (ids: Ids): Credentials => ({
  accessKeyId: `AKIA${ids.hex(8).toUpperCase()}`,
  secretAccessKey: ids.hex(20),
});

const rootOf = (dataDir: string, ids: Ids): Credentials => {
  const file = join(dataDir, 'credentials.json');
  try {
    return stored.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    if (errorCode(cause) !== 'ENOENT')
      throw new Error(`${file} is damaged: delete it and new root credentials are made at the next start`, { cause });
  }
  const root = freshRoot(ids);
  writeFileSync(file, `${JSON.stringify(root, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return root;
};

const roleName = (roleArn: string): string => {
  const name = roleNameOf(roleArn);
  if (!name)
    throw new AwsError('ValidationError', `${roleArn} is invalid: expected arn:aws:iam::<account>:role/<name>`);
  return name;
};

/** Above this many keys, expired ones are dropped at the next issue. */
const sweepFrom = 1000;

export const openKeyring = (dataDir: string, accountId: string, ids: Ids, clock: Clock): Keyring => {
  const root = rootOf(dataDir, ids);
  const holders = new Map<string, Holder>([
    [root.accessKeyId, { credentials: root, principal: { kind: 'root', arn: `arn:aws:iam::${accountId}:root` } }],
  ]);
  const lasting = new Map<string, Credentials>();
  const sessionOf = (roleArn: string, sessionName: string): Principal => ({
    kind: 'role',
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName(roleArn)}/${sessionName}`,
    roleArn,
    sessionName,
  });
  const grant = (roleArn: string, sessionName: string, expires?: number): Credentials => {
    const principal = sessionOf(roleArn, sessionName);
    const now = clock.now();
    if (holders.size > sweepFrom)
      for (const [key, holder] of holders)
        if (holder.expires !== undefined && holder.expires < now) holders.delete(key);
    const credentials = {
      accessKeyId: `ASIA${ids.hex(8).toUpperCase()}`,
      secretAccessKey: ids.hex(20),
      sessionToken: ids.hex(32),
    };
    holders.set(credentials.accessKeyId, { credentials, principal, ...(expires !== undefined && { expires }) });
    return credentials;
  };
  return {
    root,
    holderOf: (accessKeyId) => holders.get(accessKeyId),
    issue: grant,
    credentialsFor(roleArn, sessionName) {
      const key = `${roleArn} ${sessionName}`;
      const known = lasting.get(key) ?? grant(roleArn, sessionName);
      lasting.set(key, known);
      return known;
    },
  };
};
