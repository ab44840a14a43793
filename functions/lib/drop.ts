/** What was dropped: one object, every object under a prefix, or those that a manifest names. */
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { DropObject } from '../../data/dataset.ts';
import { InputError } from '../../spec/errors.ts';
import type { ObjectVersion } from '../../spec/run.ts';
import { isAws } from './awsErrors.ts';
import { readText } from './bucket.ts';
import { s3 } from './clients.ts';
import { environment } from './environment.ts';
import { readObject } from './objectStream.ts';

/** No drop has more objects. */
const mostObjects = 10_000;

/** Of SageMaker: a prefix first, then names below it (S3DataSource, ManifestFile). */
const manifest = z.tuple([z.strictObject({ prefix: z.string().max(1024) })], z.string().min(1).max(1024));

/** The objects of a drop in the order of their names; a manifest's in its own. Throws InputError when there are none. */
export const objectsOf = async (source: ObjectVersion): Promise<DropObject[]> => {
  const { key } = source;
  const found = key.endsWith('/')
    ? await under(key)
    : key.endsWith('.manifest')
      ? await namedIn(key)
      : [{ key, versionId: source.versionId }];
  if (found.length === 0)
    throw new InputError({
      what: 'There is nothing to read',
      where: `s3://${source.bucket}/${key}`,
      expected: 'at least one object with rows',
      todo: 'Drop the files again.',
    });
  return found.map(({ key: name, versionId }) => ({
    name: name.split('/').at(-1) ?? name,
    open: () => Promise.resolve(present(source.bucket, name, versionId)),
  }));
};

/** Names beginning with `.` or `_` are not data, as everywhere around S3. */
const isData = (key: string) => !/\/$|(?:^|\/)[._][^/]*$/.test(key);

const under = async (prefix: string) => {
  const found: { key: string; versionId?: string }[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3().send(
      new ListObjectsV2Command({ Bucket: environment('BUCKET_NAME'), Prefix: prefix, ContinuationToken }),
    );
    for (const { Key, Size } of page.Contents ?? [])
      if (Key !== undefined && Size !== 0 && isData(Key)) found.push({ key: Key });
    refuseTooMany(found.length, prefix);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return found;
};

const namedIn = async (key: string) => {
  const found = await readText(key, 16 * 2 ** 20);
  const parsed = manifest.safeParse(json(found?.text ?? ''));
  if (!parsed.success)
    throw new InputError({
      what: 'The manifest cannot be read',
      where: key,
      expected: `[{ "prefix": "s3://${environment('BUCKET_NAME')}/drop/…/" }, "first.csv", "second.csv"]`,
    });
  const [{ prefix }, ...names] = parsed.data;
  refuseTooMany(names.length, key);
  const home = `s3://${environment('BUCKET_NAME')}/drop/`;
  return names.map((name) => {
    const uri = `${prefix}${name}`;
    if (!uri.startsWith(home) || uri.split('/').includes('..'))
      throw new InputError({
        what: `The manifest names ${uri}`,
        where: key,
        expected: `objects below ${home}`,
      });
    return { key: uri.slice(home.length - 'drop/'.length), versionId: undefined };
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

/** The bytes of an object, or the reason why there are none. */
const present = async function* (bucket: string, key: string, versionId?: string) {
  try {
    yield* readObject(key, versionId);
  } catch (cause) {
    if (!isAws(cause, ['NoSuchKey', 'NoSuchVersion', 'NotFound'])) throw cause;
    throw new InputError(
      {
        what: 'The file is not there any more',
        where: `s3://${bucket}/${key}${versionId ? `, version ${versionId}` : ''}`,
        todo: 'Drop it again.',
      },
      { cause },
    );
  }
};
