/** Which version of which object was the drop of a pipeline at a time: the same answer whenever it is asked. */
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { InputError } from '../../spec/errors.ts';
import { dropOf, startsOn } from '../../spec/dropKey.ts';
import type { Pipeline } from '../../spec/pipeline.ts';
import type { ObjectVersion } from '../../spec/run.ts';
import { s3 } from './clients.ts';
import { environment } from './environment.ts';

/** What became of a key last; deleted: without a version. */
interface Latest {
  at: number;
  versionId?: string | undefined;
}

/**
 * `source` is a key, or `latest`: the newest object below drop/<pipeline>/, or score/<pipeline>/, of a kind that starts runs.
 * Throws InputError when there was none.
 */
export const dropAt = async (
  pipeline: string,
  source: string,
  time: Date,
  on: Pipeline['trigger']['on'],
  home: 'drop' | 'score' = 'drop',
): Promise<ObjectVersion> => {
  const bucket = environment('BUCKET_NAME');
  const prefix = source === 'latest' ? `${home}/${pipeline}/` : source;
  const isWanted = source === 'latest' ? isDrop(on, home) : (key: string) => key === source;
  const latest = new Map<string, Latest>();
  for await (const { Key = '', LastModified, VersionId } of entriesUnder(bucket, prefix)) {
    const at = LastModified?.getTime() ?? 0;
    // S3 tells whole seconds: what came in the second of the tick may have come after it, and is left to the next one.
    if (!isWanted(Key) || at >= time.getTime() || at <= (latest.get(Key)?.at ?? -1)) continue;
    latest.set(Key, { at, versionId: VersionId });
  }
  let newest: (Latest & { key: string }) | undefined;
  for (const [key, it] of latest)
    if (it.versionId !== undefined && (!newest || it.at > newest.at)) newest = { key, ...it };
  if (newest) return { bucket, key: newest.key, ...(newest.versionId && { versionId: newest.versionId }) };
  throw new InputError({
    what: `The schedule of ${pipeline} had nothing to run on at ${time.toISOString()}`,
    where: `s3://${bucket}/${prefix}`,
    expected: source === 'latest' ? 'a file that was dropped before' : 'the file that schedule.source names',
    todo: 'Drop a file; the next run of the schedule takes it.',
  });
};

/** Versions, newest first for a key, and deletions, which have no version here. */
const entriesUnder = async function* (Bucket: string, Prefix: string) {
  let at: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  do {
    const page = await s3().send(new ListObjectVersionsCommand({ Bucket, Prefix, ...at }));
    yield* page.Versions ?? [];
    yield* (page.DeleteMarkers ?? []).map(({ Key, LastModified }) => ({ Key, LastModified, VersionId: undefined }));
    at = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  } while (at.KeyMarker !== undefined);
};

const isDrop = (on: Pipeline['trigger']['on'], home: 'drop' | 'score') => (key: string) => {
  const drop = dropOf(key, home);
  return 'kind' in drop && startsOn[on].includes(drop.kind);
};
