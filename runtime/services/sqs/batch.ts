/** Batches: up to ten entries, each of which succeeds or fails by itself. */
import { AwsError } from '../../operation.ts';
import { queryCode, sqsError } from './errors.ts';

export interface BatchAnswer<Done> {
  Successful?: (Done & { Id: string })[];
  Failed?: { Id: string; SenderFault: boolean; Code: string; Message: string }[];
}

const mostEntries = 10;

const check = (ids: readonly string[]) => {
  if (ids.length === 0) throw sqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (ids.length > mostEntries)
    throw sqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${mostEntries}. You have sent ${ids.length}.`,
    );
  const bad = ids.find((id) => !/^[\w-]{1,80}$/.test(id));
  if (bad !== undefined)
    throw sqsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    );
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw sqsError('BatchEntryIdsNotDistinct', `Id ${twice} repeated.`);
};

/** Carries out each entry in order. Throws AwsError for what is wrong with the batch as a whole. */
export const eachEntry = <Entry extends { Id: string }, Done extends object>(
  entries: readonly Entry[],
  act: (entry: Entry) => Done,
): BatchAnswer<Done> => {
  check(entries.map(({ Id }) => Id));
  const Successful: (Done & { Id: string })[] = [];
  const Failed: NonNullable<BatchAnswer<Done>['Failed']> = [];
  for (const entry of entries)
    try {
      Successful.push({ Id: entry.Id, ...act(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: queryCode(error.code), Message: error.message });
    }
  return { ...(Successful.length > 0 && { Successful }), ...(Failed.length > 0 && { Failed }) };
};
