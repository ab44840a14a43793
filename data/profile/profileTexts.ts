/** Profiles of text columns, from the table of their distinct values. */
import type { Dataset } from '../dataset.ts';
import { quoted } from '../engine.ts';
import { groupBy } from '../groupBy.ts';
import { areaOfBins, correlationRatio, uncertaintyCoefficient } from './association.ts';
import { contingencies } from './contingencies.ts';
import type { Keyed } from '../values.ts';
import type { Grouped, TargetFacts } from './groups.ts';
import { rounded } from './round.ts';
import type { Association, CategoricalProfile } from './schema.ts';

const shownLevels = 50;
const levelLength = 200;
/** Which value is which bin: the place among the most frequent from 1, 0 for all others, -1 for missing. */
const binnedTable = 'profile_binned';

/** What the notes need to know of a text column, and the profile does not say. */
export interface TextFacts {
  /** Levels that are numbers with a decimal comma, where every other one is a number; one of them. */
  decimalComma?: string;
  /** Where numbers and texts are mixed, the first row (from 1) of the rarer kind and its cell. */
  odd?: { row: number; value: string };
}

export interface TextProfile {
  column: CategoricalProfile;
  facts: TextFacts;
}

/** In the order of `batch`; `source` holds the rows of the columns in their order. */
export const profileTexts = async (
  dataset: Dataset,
  batch: readonly Keyed[],
  grouped: Grouped,
  target: TargetFacts | undefined,
  source: string,
): Promise<TextProfile[]> => {
  const { engine } = dataset;
  const facts = await engine.rows<Facts>(factsQuery(grouped));
  const byKey = new Map(facts.map((fact) => [fact.k, fact]));
  await engine.run(
    `CREATE OR REPLACE TABLE ${binnedTable} AS SELECT *, CASE WHEN v IS NULL THEN -1 WHEN place > ${shownLevels} THEN 0 ELSE place END AS bin FROM (SELECT *, row_number() OVER (PARTITION BY k ORDER BY v IS NULL, n DESC, v) AS place FROM ${grouped.values})`,
  );
  const levels = groupBy(
    await engine.rows<{ k: number; v: string; n: number }>(
      `SELECT k, left(v, ${levelLength}) AS v, n FROM ${binnedTable} WHERE bin > 0 ORDER BY k, place`,
    ),
    ({ k }) => k,
  );
  const associations = target ? await associate(dataset, grouped, target) : new Map<number, Association>();
  await engine.run(`DROP TABLE ${binnedTable}`);
  const odd = await firstOdd(dataset, batch, byKey, { grouped, source });
  return batch.map(({ key, column: { name } }) => {
    const { values, missing, numbers, characters, shortest, longest, commas, numberLevels, comma, ...fact } =
      byKey.get(key) ?? noFacts;
    const association = associations.get(key);
    const known = dataset.rows - missing;
    const listed = levels.get(key) ?? [];
    const dates = dateForms.flatMap(({ form }, place) => {
      const rows = fact[`form_${place}`];
      return rows ? [[form, rows] as const] : [];
    });
    const first = odd.get(key);
    return {
      column: {
        name,
        type: 'categorical',
        missing,
        distinct: Number(values),
        ...(association && { association }),
        levels: listed.map(({ v, n }) => ({ value: v, rows: n })),
        other: listed.reduce((rest, { n }) => rest - n, known),
        ...(known > 0 && {
          length: { min: Number(shortest), mean: rounded(characters / known), max: Number(longest) },
        }),
        numbers,
        dates: Object.fromEntries(dates),
      },
      facts: {
        ...(comma !== null && Number(numberLevels) + Number(commas) === Number(values) && { decimalComma: comma }),
        ...(first && { odd: { row: Number(first.row), value: first.v } }),
      },
    };
  });
};

type Facts = Record<`form_${number}`, number> & {
  k: number;
  missing: number;
  values: bigint;
  characters: number;
  shortest: bigint;
  longest: bigint;
  /** Rows. */
  numbers: number;
  numberLevels: bigint;
  commas: bigint;
  comma: string | null;
};

const noFacts: Omit<Facts, 'k'> = {
  missing: 0,
  values: 0n,
  characters: 0,
  shortest: 0n,
  longest: 0n,
  numbers: 0,
  numberLevels: 0n,
  commas: 0n,
  comma: null,
};

/** The grammar of numbers (see cell.ts), asked only where the first character allows one. */
const isNumber = `(CASE WHEN (v >= '+' AND v < ':') OR (v >= 'I' AND v < 'J') OR (v >= 'i' AND v < 'j') THEN regexp_full_match(v, '[+-]?(\\d+(_\\d+)*\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?|(?i:[+-]?inf(inity)?)') ELSE false END)`;
const startsWithDigit = `(v >= '0' AND v < ':')`;
const isComma = `(CASE WHEN v >= '-' AND v < ':' THEN regexp_full_match(v, '-?\\d+,\\d+') ELSE false END)`;

const time = '([T ].*)?';
const month = '(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?';
const dateForms: readonly { form: string; pattern: string; guard: string }[] = [
  { form: 'year-month-day', pattern: `\\d{4}-\\d{1,2}-\\d{1,2}${time}`, guard: startsWithDigit },
  { form: 'year/month/day', pattern: `\\d{4}/\\d{1,2}/\\d{1,2}${time}`, guard: startsWithDigit },
  { form: '0.0.year', pattern: `\\d{1,2}\\.\\d{1,2}\\.(\\d{2}|\\d{4})${time}`, guard: startsWithDigit },
  { form: '0/0/year', pattern: `\\d{1,2}/\\d{1,2}/(\\d{2}|\\d{4})${time}`, guard: startsWithDigit },
  { form: '0-0-year', pattern: `\\d{1,2}-\\d{1,2}-(\\d{2}|\\d{4})${time}`, guard: startsWithDigit },
  { form: 'day month year', pattern: `\\d{1,2}[ -]${month}[ -](\\d{2}|\\d{4})${time}`, guard: startsWithDigit },
  { form: 'month day, year', pattern: `${month} \\d{1,2},? \\d{4}${time}`, guard: `v >= 'A' AND v < 't'` },
];

const formColumns = dateForms.map(
  ({ pattern, guard }, place) =>
    `coalesce(sum(CASE WHEN ${guard} THEN CASE WHEN regexp_full_match(v, ${quoted(pattern)}) THEN n ELSE 0 END ELSE 0 END), 0) AS form_${place}`,
);

const factsQuery = (
  grouped: Grouped,
) => `SELECT k, coalesce(sum(n) FILTER (v IS NULL), 0) AS missing, count(v) AS values,
  coalesce(sum(n * length(v)), 0) AS characters, coalesce(min(length(v)), 0) AS shortest, coalesce(max(length(v)), 0) AS longest,
  coalesce(sum(n) FILTER (number), 0) AS numbers, count(*) FILTER (number) AS numberLevels,
  count(*) FILTER (comma) AS commas, min(v) FILTER (comma) AS comma, ${formColumns.join(', ')}
  FROM (SELECT *, ${isNumber} AS number, ${isComma} AS comma FROM ${grouped.values}) GROUP BY k`;

const firstOdd = async (
  { engine, rows }: Dataset,
  batch: readonly Keyed[],
  facts: ReadonlyMap<number, Facts>,
  { grouped, source }: { grouped: Grouped; source: string },
) => {
  const mixed = batch.flatMap(({ key, column }) => {
    const { numbers = 0, missing = 0 } = facts.get(key) ?? {};
    const texts = rows - missing - numbers;
    return numbers > 0 && texts > 0 ? [{ key, sql: column.sql, rare: numbers < texts }] : [];
  });
  const queries = mixed.map(
    ({ key, sql, rare }) =>
      `SELECT ${key}::INTEGER AS k, arg_min(v, row) AS v, min(row) AS row FROM (SELECT ${sql} AS v, row_number() OVER () AS row FROM ${source}) WHERE v IN (SELECT v FROM ${grouped.values} WHERE k = ${key} AND v IS NOT NULL AND ${isNumber} = ${rare})`,
  );
  if (queries.length === 0) return new Map<number, { v: string; row: bigint }>();
  const found = await engine.rows<{ k: number; v: string; row: bigint }>(queries.join(' UNION ALL '));
  return new Map(found.map((row) => [row.k, row]));
};

const associate = async (
  dataset: Dataset,
  grouped: Grouped,
  target: TargetFacts,
): Promise<Map<number, Association>> => {
  const { classes } = target.target;
  if (classes)
    return new Map(
      [...(await contingencies(dataset, grouped, classes, binnedTable))].map(([key, table]) => [
        key,
        { strength: rounded(uncertaintyCoefficient(table)), auc: rounded(Math.max(0.5, areaOfBins(table))) },
      ]),
    );
  const sums = await dataset.engine.rows<{ k: number; rows: number; sum: number }>(
    `SELECT k, sum(n) AS rows, fsum(s) AS sum FROM ${binnedTable} GROUP BY k, bin`,
  );
  const groups = groupBy(sums, ({ k }) => k);
  return new Map(
    [...groups].map(([key, bins]) => [key, { strength: rounded(correlationRatio(bins, target.squares)) }]),
  );
};
