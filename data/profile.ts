/**
 * What a drop holds, before any money is spent: exact figures, no sampling, no sketches. Columns are read in batches, each once,
 * into tables of their distinct values, from which everything else is computed; so memory depends neither on rows nor on columns.
 */
import { batched } from './batched.ts';
import { rowHash, rowsView, type Dataset } from './dataset.ts';
import { findLeaks, suspectReason } from './leaks.ts';
import { imbalanceNotes, notesOn } from './notes.ts';
import { groupColumns, sourceOf, targetFacts, type Keyed, type TargetFacts } from './profile/groups.ts';
import { profileNumbers } from './profile/profileNumbers.ts';
import { profileTexts, type TextFacts } from './profile/profileTexts.ts';
import { rounded } from './profile/round.ts';
import type { ColumnProfile, Leak, Note, Profile } from './profile/schema.ts';
import { columnNamed, type Target } from './target.ts';
import { copiedAtOnce } from './wideTable.ts';

export { profileSchema, type ColumnProfile, type Leak, type Note, type Profile } from './profile/schema.ts';

export interface ProfileOptions {
  target?: Target | undefined;
  /** Columns the user left out; they are described all the same. */
  ignore?: readonly string[];
  /** Columns that the user wants to keep although they leak the target. */
  keep?: readonly string[];
  /** Rows that go on to the splits; default all. */
  rowsUsed?: number;
}

const mostColumns = 100;
/** Cells of the tables of bins by class that are looked at together. */
const mostCells = 200_000;

/** Describes every column and its association with the target. */
export const profileDataset = async (dataset: Dataset, options: ProfileOptions = {}): Promise<Profile> => {
  const { target, ignore = [], keep = [], rowsUsed = dataset.rows } = options;
  const { rows } = dataset;
  const facts = target && (await targetFacts(dataset, target, columnNamed(dataset, 'the target', target.name)));
  const described: Described[] = [];
  for (const copied of copiesOf(dataset)) {
    const copy = await sourceOf(dataset, copied, facts);
    for (const batch of batched(copied, columnsAtOnce(target)))
      described.push(...(await describeBatch(dataset, batch, facts, copy.source)));
    await copy.drop();
  }
  described.sort((a, b) => a.key - b.key);
  const others = described.filter(({ column }) => column.name !== target?.name);
  const leaks = others.flatMap(({ column: { name }, leak }): Leak[] =>
    leak !== undefined && !ignore.includes(name) ? [{ column: name, reason: leak, kept: keep.includes(name) }] : [],
  );
  const suspects = others.flatMap(({ column, leak }) => {
    if (leak !== undefined || ignore.includes(column.name) || !target) return [];
    const reason = suspectReason(column, target, rows);
    return reason ? [{ column: column.name, reason }] : [];
  });
  const profile: Profile = {
    version: 1,
    name: dataset.name,
    format: { bytes: dataset.bytes, ...dataset.format },
    rowsRead: rows,
    rowsUsed,
    rowsRejected: rows - rowsUsed,
    duplicateRows: await duplicates(dataset),
    columns: described.map(({ column }) => column),
    ...(target && { target: describedTarget(target, rows) }),
    leaks,
    suspects,
    ignored: [...ignore],
    notes: [],
  };
  profile.notes = [
    ...others.flatMap(({ column, texts }) => notesOn(column, rows, texts)),
    ...imbalanceNotes(profile),
    ...ignore.map((column): Note => ({ column, kind: 'ignored', message: 'left out by data.ignore' })),
    ...leaks.map(({ column, reason, kept }): Note => ({
      column,
      kind: 'leak',
      message: `${kept ? 'used, as data.keep says, although it is' : 'not used:'} ${reason}`,
    })),
    ...suspects.map(({ column, reason }): Note => ({ column, kind: 'suspect', message: reason })),
  ];
  return profile;
};

interface Described {
  key: number;
  column: ColumnProfile;
  texts?: TextFacts;
  leak: string | undefined;
}

/** Columns of one type each. */
const copiesOf = (dataset: Dataset): Keyed[][] =>
  (['numeric', 'categorical'] as const).flatMap((type) => {
    const keyed = dataset.columns.flatMap((column, key) => (column.type === type ? [{ key, column }] : []));
    return batched(keyed, copiedAtOnce(dataset));
  });

const columnsAtOnce = (target: Target | undefined) => {
  const cells = 52 * Math.max(1, target?.classes?.length ?? 1);
  return Math.max(1, Math.min(mostColumns, Math.floor(mostCells / cells)));
};

const describeBatch = async (
  dataset: Dataset,
  batch: readonly Keyed[],
  facts: TargetFacts | undefined,
  source: string,
) => {
  const grouped = await groupColumns(dataset, batch, facts, source);
  const leaks = facts ? await findLeaks(dataset, batch, facts) : new Map<number, string>();
  const profiled: Pick<Described, 'column' | 'texts'>[] =
    batch[0]?.column.type === 'numeric'
      ? (await profileNumbers(dataset, batch, facts)).map((column) => ({ column }))
      : (await profileTexts(dataset, batch, facts, source)).map(({ column, facts: texts }) => ({ column, texts }));
  await grouped.drop();
  return batch.flatMap(({ key }, place): Described[] => {
    const own = profiled[place];
    return own ? [{ key, ...own, leak: leaks.get(key) }] : [];
  });
};

const duplicates = async ({ engine, columns, rows }: Dataset) => {
  const [found] = await engine.rows<{ different: bigint }>(
    `SELECT count(*) AS different FROM (SELECT ${rowHash(columns)} AS h FROM ${rowsView} GROUP BY 1)`,
  );
  return rows - Number(found?.different ?? rows);
};

const describedTarget = ({ classes, classCounts = [], ...target }: Target, rows: number): Profile['target'] => ({
  name: target.name,
  problem: target.problem,
  numeric: target.numeric,
  reason: target.reason,
  ...(classes && {
    classes: classes.map((value, place) => {
      const own = classCounts[place] ?? 0;
      return { value, rows: own, share: rounded(own / rows) };
    }),
  }),
});
