/**
 * What a drop holds, before any money is spent: exact figures, no sampling, no sketches. Columns are read in batches, each once,
 * into tables of their distinct values, from which everything else is computed, and continuous ones in the order of their values, one after
 * the other; so memory depends neither on rows nor on columns.
 */
import { allOf } from './allOf.ts';
import { batched } from './batched.ts';
import { rowsView, type Dataset } from './dataset.ts';
import { findLeaks, suspectReason } from './leaks.ts';
import { imbalanceNotes, notesOn } from './notes.ts';
import {
  columnsAtOnce,
  groupColumns,
  sourceOf,
  targetFacts,
  type Grouped,
  type TargetFacts,
  type Values,
} from './profile/groups.ts';
import { profileNumbers } from './profile/profileNumbers.ts';
import { profileTexts, type TextFacts } from './profile/profileTexts.ts';
import { rounded } from './profile/round.ts';
import type { ColumnProfile, Leak, Note, Profile } from './profile/schema.ts';
import { columnNamed, type Target } from './target.ts';
import { keyedOf, type Keyed } from './values.ts';
import { copiedAtOnce } from './wideTable.ts';

export { groupValues, type Values } from './profile/groups.ts';
export { profileSchema, type ColumnProfile, type Leak, type Note, type Profile } from './profile/schema.ts';

export interface ProfileOptions {
  target?: Target | undefined;
  /** Columns the user left out; they are described all the same. */
  ignore?: readonly string[];
  /** Columns that the user wants to keep although they leak the target. */
  keep?: readonly string[];
  /** Rows that go on to the splits; default all. */
  rowsUsed?: number;
  /** What has been grouped already. */
  values?: Values | undefined;
}

/** Describes every column and its association with the target. */
export const profileDataset = async (dataset: Dataset, options: ProfileOptions = {}): Promise<Profile> => {
  const { target, ignore = [], keep = [], rowsUsed = dataset.rows, values } = options;
  const { rows } = dataset;
  const described = await (values ? describeGrouped(dataset, values) : describeInBatches(dataset, target));
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

const types = ['numeric', 'categorical'] as const;

const describeGrouped = async (dataset: Dataset, { facts, grouped }: Values) => {
  const described = types.map(async (type) =>
    describe(dataset, keyedOf(dataset, type), await grouped[type], { facts, source: rowsView }),
  );
  return (await allOf(described)).flat();
};

const describeInBatches = async (dataset: Dataset, target: Target | undefined) => {
  const facts = target && (await targetFacts(dataset, target, columnNamed(dataset, 'the target', target.name)));
  const described: Described[] = [];
  for (const type of types)
    for (const copied of batched(keyedOf(dataset, type), copiedAtOnce(dataset))) {
      const { source, drop } = await sourceOf(dataset, copied, facts);
      for (const batch of batched(copied, columnsAtOnce(target))) {
        const grouped = await groupColumns(dataset, batch, facts, { source });
        described.push(...(await describe(dataset, batch, grouped, { facts, source })));
        await grouped.drop();
      }
      await drop();
    }
  return described;
};

/** Columns of one type. */
const describe = async (
  dataset: Dataset,
  batch: readonly Keyed[],
  grouped: Grouped,
  { facts, source }: { facts: TargetFacts | undefined; source: string },
) => {
  if (batch.length === 0) return [];
  const leaks = facts ? await findLeaks(dataset, batch, grouped, facts) : new Map<number, string>();
  const profiled: Pick<Described, 'column' | 'texts'>[] =
    batch[0]?.column.type === 'numeric'
      ? (await profileNumbers(dataset, batch, grouped, facts)).map((column) => ({ column }))
      : (await profileTexts(dataset, batch, grouped, facts, source)).map(({ column, facts: texts }) => ({
          column,
          texts,
        }));
  return batch.flatMap(({ key }, place): Described[] => {
    const own = profiled[place];
    return own ? [{ key, ...own, leak: leaks.get(key) }] : [];
  });
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
