import { InputError } from '../../spec/errors.ts';
import { keys } from '../../spec/names.ts';
import type { RunInput } from '../../spec/run.ts';
import { headOf, writeOnce } from './bucket.ts';
import { isSet, membersOf, type Member } from './dropMembers.ts';

const atOnce = 32;

/**
 * Writes down which versions the objects of a set have now, once: the same marker heard of again, later, changes nothing. A
 * set that is none, such as a manifest that cannot be read, is left to the run to tell.
 */
export const pinSet = async ({ runId, source }: RunInput) => {
  if (!isSet(source.key)) return;
  const members = await membersOf(source).catch((error: unknown) => {
    if (error instanceof InputError || error instanceof RangeError) return undefined;
    throw error;
  });
  if (!members) return;
  const pinned: Member[] = [];
  for (let from = 0; from < members.length; from += atOnce)
    pinned.push(...(await Promise.all(members.slice(from, from + atOnce).map(withVersion))));
  await writeOnce(keys.drop(runId), JSON.stringify(pinned));
};

/** An object that is gone stays without a version: reading it says so. */
const withVersion = async ({ key }: Member): Promise<Member> => {
  const { VersionId: versionId } = (await headOf(key)) ?? {};
  return { key, ...(versionId !== undefined && { versionId }) };
};
