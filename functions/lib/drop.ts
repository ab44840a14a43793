/** What was dropped: one object, or every object of the set that a marker or a manifest closes, at the versions of that moment. */
import * as z from 'zod';
import type { DropObject } from '../../data/dataset.ts';
import { InputError } from '../../spec/errors.ts';
import { keys } from '../../spec/names.ts';
import type { Plan } from '../../spec/run.ts';
import { isAws } from './awsErrors.ts';
import { readText } from './bucket.ts';
import { isSet, membersOf } from './dropMembers.ts';
import { readObject } from './objectStream.ts';

const pinned = z.array(z.strictObject({ key: z.string(), versionId: z.string().optional() }));

/** The versions that the members of a set had when it was closed; undefined where nothing was written down. */
export const pinnedObjects = async ({ runId, source }: Pick<Plan, 'runId' | 'source'>) => {
  const pins = isSet(source.key) ? await readText(keys.drop(runId)) : undefined;
  return pins && pinned.parse(JSON.parse(pins.text));
};

/**
 * The objects of a drop in the order of their names; a manifest's in its own. Throws InputError when there are none, and for a set of which nothing was
 * written down when it was closed. An object without a version was not there then: what has come in its place since belongs to no run.
 */
export const objectsOf = async ({ runId, source }: Pick<Plan, 'runId' | 'source'>): Promise<DropObject[]> => {
  const pins = await pinnedObjects({ runId, source });
  // A manifest that cannot be read says why.
  const found = pins ?? (await membersOf(source));
  const where = `s3://${source.bucket}/${source.key}`;
  if (!pins && isSet(source.key))
    throw new InputError({ what: 'The set could not be read when it was closed', where, todo: 'Close it again.' });
  if (found.length === 0)
    throw new InputError({
      what: 'There is nothing to read',
      where,
      expected: 'at least one object with rows',
      todo: 'Drop the files again.',
    });
  return found.map(({ key, versionId }) => ({
    name: key.split('/').at(-1) ?? key,
    open: () =>
      versionId === undefined
        ? Promise.reject(gone(source.bucket, key))
        : Promise.resolve(present(source.bucket, key, versionId)),
  }));
};

/** The bytes of an object, or the reason why there are none. */
const present = async function* (bucket: string, key: string, versionId: string) {
  try {
    yield* readObject(key, versionId);
  } catch (cause) {
    if (!isAws(cause, ['NoSuchKey', 'NoSuchVersion', 'NotFound'])) throw cause;
    throw gone(bucket, key, versionId, cause);
  }
};

const gone = (bucket: string, key: string, versionId?: string, cause?: Error) =>
  new InputError(
    {
      what: 'The file is not there any more',
      where: `s3://${bucket}/${key}${versionId ? `, version ${versionId}` : ''}`,
      todo: 'Drop it again.',
    },
    { cause },
  );
