/**
 * How this drop differs from the one of a run before, told from the two profiles alone. Each keeps a histogram with edges of its
 * own; both distributions are read at the edges of either.
 */
import { categoricalDrift, numericDrift } from './evaluation/drift.ts';
import type { CategoricalProfile, ColumnProfile, NumericProfile, Profile } from './profile/schema.ts';

/** The usual reading of the population stability index (Siddiqi, Credit Risk Scorecards, 2006): below 0.1 none, from 0.25 large. */
export const driftThresholds = { moderate: 0.1, large: 0.25 } as const;

export interface ColumnDrift {
  column: string;
  /** Population stability index, over the twentieths of the previous drop or the levels; missing values are a bin. */
  psi?: number;
  /** Numbers: the largest distance of the distribution functions, and its asymptotic p. */
  ks?: number;
  pValue?: number;
  verdict: 'none' | 'moderate' | 'large';
  /** Share of missing values, where it grew by more than a twentieth of the rows. */
  missingShare?: { before: number; now: number };
  /** Texts: levels not seen before, and levels that do not come any more, as far as the profiles list them. */
  newLevels?: string[];
  goneLevels?: string[];
  /** The column is of another type now, is new, or is not there any more. */
  change?: 'type' | 'new' | 'gone';
}

/** Every column of either profile but the target of the present one, in its order. */
export const driftBetween = (profile: Profile, previous: Profile): ColumnDrift[] => {
  const before = new Map(previous.columns.map((column) => [column.name, column]));
  const names = new Set(profile.columns.map(({ name }) => name));
  const gone = previous.columns.filter(({ name }) => !names.has(name));
  return [
    ...profile.columns
      .filter(({ name }) => name !== profile.target?.name)
      .map((column) => columnDrift(column, profile.rowsRead, before.get(column.name), previous.rowsRead)),
    ...gone.map(({ name }): ColumnDrift => ({ column: name, verdict: 'large', change: 'gone' })),
  ];
};

const columnDrift = (
  now: ColumnProfile,
  rows: number,
  before: ColumnProfile | undefined,
  rowsBefore: number,
): ColumnDrift => {
  const column = now.name;
  if (!before) return { column, verdict: 'large', change: 'new' };
  if (now.type === 'numeric' && before.type === 'numeric')
    return { ...judged(numbersDrift(now, before)), ...missingDrift(now, rows, before, rowsBefore) };
  if (now.type === 'categorical' && before.type === 'categorical')
    return { ...judged(textsDrift(now, before)), ...missingDrift(now, rows, before, rowsBefore) };
  return { column, verdict: 'large', change: 'type' };
};

const judged = ({ psi = 0, ...drift }: Omit<ColumnDrift, 'verdict'>): ColumnDrift => {
  const { moderate, large } = driftThresholds;
  return { ...drift, psi, verdict: psi >= large ? 'large' : psi >= moderate ? 'moderate' : 'none' };
};

const numbersDrift = (now: NumericProfile, before: NumericProfile): Omit<ColumnDrift, 'verdict'> => {
  const binned = (column: NumericProfile, edges: readonly number[]) => ({
    counts: countsBetween(column, edges),
    missing: column.missing,
  });
  const either = [...new Set([...now.histogram.edges, ...before.histogram.edges])].sort((a, b) => a - b);
  const { psi } = numericDrift(now.name, binned(before, before.histogram.edges), binned(now, before.histogram.edges));
  const { ks, p } = numericDrift(now.name, binned(before, either), binned(now, either));
  return { column: now.name, psi, ...(ks !== undefined && { ks }), ...(p !== undefined && { pValue: p }) };
};

/** Rows between the edges, and above the last. */
const countsBetween = (column: NumericProfile, edges: readonly number[]) => {
  const all = column.histogram.counts.reduce((sum, rows) => sum + rows, 0);
  const upto = [...edges.map((edge) => rowsUpto(column, edge)), all];
  return upto.map((rows, place) => Math.max(0, rows - (upto[place - 1] ?? 0)));
};

/** Rows up to and including x: known at the column's own edges, between them as if its values lay evenly, unless all are edges. */
const rowsUpto = ({ histogram: { edges, counts }, distinct, min = 0 }: NumericProfile, x: number) => {
  let below = 0;
  for (const [bin, edge] of edges.entries()) {
    const start = edges[bin - 1] ?? min;
    if (x >= edge) below += counts[bin] ?? 0;
    else if (distinct > edges.length && x > start) return below + ((counts[bin] ?? 0) * (x - start)) / (edge - start);
    else return below;
  }
  return below;
};

const textsDrift = (now: CategoricalProfile, before: CategoricalProfile): Omit<ColumnDrift, 'verdict'> => {
  // A level that only one of two cut lists has belongs to the others of both.
  const names = (column: CategoricalProfile) => new Set(column.levels.map(({ value }) => value));
  const [nowNames, beforeNames] = [names(now), names(before)];
  const counted = (column: CategoricalProfile, other: CategoricalProfile, listed: ReadonlySet<string>) => {
    const kept = column.levels.filter(({ value }) => other.other === 0 || listed.has(value));
    const rows = column.levels.reduce((sum, level) => sum + level.rows, column.other);
    return {
      levels: Object.fromEntries(kept.map((level) => [level.value, level.rows])),
      other: kept.reduce((rest, level) => rest - level.rows, rows),
      missing: column.missing,
    };
  };
  const { psi } = categoricalDrift(now.name, counted(before, now, nowNames), counted(now, before, beforeNames));
  const newLevels = before.other === 0 ? [...nowNames].filter((value) => !beforeNames.has(value)) : [];
  const goneLevels = now.other === 0 ? [...beforeNames].filter((value) => !nowNames.has(value)) : [];
  return {
    column: now.name,
    psi,
    ...(newLevels.length > 0 && { newLevels }),
    ...(goneLevels.length > 0 && { goneLevels }),
  };
};

const missingDrift = (now: ColumnProfile, rows: number, before: ColumnProfile, rowsBefore: number) => {
  const [share, shareBefore] = [now.missing / rows, before.missing / rowsBefore];
  return share - shareBefore > 0.05 ? { missingShare: { before: shareBefore, now: share } } : {};
};
