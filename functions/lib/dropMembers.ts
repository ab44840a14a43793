import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { isData, successMarker } from '../../spec/dropKey.ts';
import { InputError } from '../../spec/errors.ts';
import type { ObjectVersion } from '../../spec/run.ts';
import { readText } from './bucket.ts';
import { s3 } from './clients.ts';
import { environment } from './environment.ts';

/** No drop has more objects. */
const mostObjects = 10_000;

/** Of SageMaker: a prefix first, then names below it (S3DataSource, ManifestFile). */
const manifest = z.tuple([z.strictObject({ prefix: z.string().max(1024) })], z.string().min(1).max(1024));

export type Member = Pick<ObjectVersion, 'key' | 'versionId'>;

/** The folder that a drop stands for, if it stands for one: its marker's, or the prefix itself. */
const folderOf = (key: string): string | undefined => {
  if (key.endsWith(`/${successMarker}`)) return key.slice(0, -successMarker.length);
  return key.endsWith('/') ? key : undefined;
};

/** Whether a drop is a set of objects, whose versions are to be pinned beside its own. */
export const isSet = (key: string) => folderOf(key) !== undefined || key.endsWith('.manifest');

/** What a drop consists of now; objects of a set have no version yet. Throws InputError for a manifest that is not one. */
export const membersOf = async ({ key, versionId }: ObjectVersion): Promise<Member[]> => {
  const folder = folderOf(key);
  if (folder !== undefined) return under(folder);
  if (key.endsWith('.manifest')) return namedIn(key, versionId);
  return [{ key, ...(versionId !== undefined && { versionId }) }];
};

const isRows = (path: string) => isData(path) && !path.endsWith('.manifest');

const under = async (prefix: string) => {
  const found: Member[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3().send(
      new ListObjectsV2Command({ Bucket: environment('BUCKET_NAME'), Prefix: prefix, ContinuationToken }),
    );
    for (const { Key, Size } of page.Contents ?? [])
      if (Key !== undefined && Size !== 0 && isRows(Key.slice(prefix.length))) found.push({ key: Key });
    refuseTooMany(found.length, prefix);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return found;
};

const namedIn = async (key: string, versionId?: string): Promise<Member[]> => {
  const found = await readText(key, 16 * 2 ** 20, versionId);
  const parsed = manifest.safeParse(json(found?.text ?? ''));
  if (!parsed.success)
    throw new InputError({
      what: 'The manifest cannot be read',
      where: key,
      expected: `[{ "prefix": "s3://${environment('BUCKET_NAME')}/drop/…/" }, "first.csv", "second.csv"]`,
    });
  const [{ prefix }, ...names] = parsed.data;
  refuseTooMany(names.length, key);
  const root = `${key.split('/')[0]}/`;
  const home = `s3://${environment('BUCKET_NAME')}/${root}`;
  return names.map((name) => {
    const uri = `${prefix}${name}`;
    if (!uri.startsWith(home) || uri.split('/').includes('..'))
      throw new InputError({
        what: `The manifest names ${uri}`,
        where: key,
        expected: `objects below ${home}`,
      });
    return { key: uri.slice(home.length - root.length) };
  });
};

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const refuseTooMany = (count: number, where: string) => {
  if (count > mostObjects)
    throw new InputError({ what: `The drop has more than ${mostObjects} objects`, where, todo: 'Join them' });
};
