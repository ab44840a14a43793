/** How a row's part is told in SQL: by the row's content or by what the pipeline names, never by the row's place. */
import { createHash } from 'node:crypto';
import { InputError } from '../../spec/errors.ts';
import { hashedView, rowsView, type Dataset, type DatasetColumn } from '../dataset.ts';
import { quoted } from '../engine.ts';
import { shown } from '../quote.ts';
import { columnNamed, labelSql } from '../target.ts';
import { splitNames, type SplitOptions } from './parts.ts';

/** Classes with fewer rows are cut by rank. */
const rankedBelow = 200;

/** A fraction of the 64-bit hashes as a literal. */
const threshold = (share: number) => {
  const place = BigInt(Math.round(Math.min(1, Math.max(0, share)) * 2 ** 53)) << 11n;
  return `${place > 0xffff_ffff_ffff_ffffn ? 0xffff_ffff_ffff_ffffn : place}::UBIGINT`;
};

/** A seeded 64-bit hash of an expression; `salt` keeps splits and folds apart. Both as one number: a text would be hashed anew for every row. */
export const seeded = (expression: string, seed: number, salt: string) => {
  const own = createHash('sha256').update(`${salt} ${seed}`).digest().readBigUInt64LE();
  return `hash(${expression}, ${own}::UBIGINT)`;
};

/** Which of three parts a value falls into, by two cuts. */
const partBy = (value: string, toTrain: string, toValidation: string) =>
  `(CASE WHEN ${value} < ${toTrain} THEN 0 WHEN ${value} < ${toValidation} THEN 1 ELSE 2 END)`;

/** How a row's part is told in SQL, and what must stay together. */
interface Way {
  part: string;
  group?: string;
}

export const way = async (dataset: Dataset, options: SplitOptions): Promise<Way> => {
  const { by = options.target.classes ? 'stratified' : 'random' } = options;
  const [kind = '', ...rest] = by.split(':');
  const ways = { random, stratified, group, time, column: named };
  const chosen = Object.hasOwn(ways, kind) ? ways[kind as keyof typeof ways] : undefined;
  if (!chosen)
    throw new InputError({
      what: `There is no split by ${shown(by)}`,
      where: 'prepare.split.by',
      expected: 'random, stratified, group:<column>, time:<column> or column:<column>',
    });
  return chosen(dataset, options, rest.join(':'));
};

const columnFor = (dataset: Dataset, name: string, { target }: SplitOptions): DatasetColumn => {
  const column = columnNamed(dataset, 'prepare.split.by', name);
  if (column.name !== target.name) return column;
  throw new InputError({ what: `The rows cannot be split by the target ${shown(name)}`, where: 'prepare.split.by' });
};

/** Cuts in [0, 1]; without validation or test rows a rounding error must not make any. */
const cuts = ({ train, validation, test }: SplitOptions) => ({
  toTrain: validation === 0 && test === 0 ? 1 : train,
  toValidation: test === 0 ? 1 : validation === 0 ? train : 1 - test,
});

const random = (_dataset: Dataset, options: SplitOptions): Promise<Way> => {
  const { toTrain, toValidation } = cuts(options);
  return Promise.resolve({
    part: whole(partBy(seeded('h', options.seed, 'split'), threshold(toTrain), threshold(toValidation)), options),
  });
};

/** The largest hash is below no threshold: without a test split the last part takes it. */
const whole = (part: string, { test, validation }: SplitOptions) =>
  test > 0 ? part : `least(${part}, ${validation > 0 ? 1 : 0})`;

const stratified = async (dataset: Dataset, options: SplitOptions): Promise<Way> => {
  const { target, seed, train, validation } = options;
  const { classes, classCounts = [] } = target;
  if (!classes)
    throw new InputError({
      what: 'prepare.split.by is stratified, but the target is a number',
      where: `target ${shown(target.name)}`,
      expected: 'random for a regression',
      todo: 'Leave prepare.split.by out',
    });
  const { toTrain, toValidation } = cuts(options);
  const usual = partBy('place', threshold(toTrain), threshold(toValidation));
  const rare = classCounts.flatMap((rows, label) => (rows < rankedBelow ? [label] : []));
  const place = seeded('h', seed, 'split');
  if (rare.length === 0) return { part: whole(usual.replaceAll('place', place), options) };
  const column = columnNamed(dataset, 'the target', target.name);
  const hashes = await dataset.engine.rows<{ y: number; place: bigint }>(
    `SELECT y, ${place} AS place FROM (SELECT h, ${labelSql(target, column.sql)} AS y FROM ${hashedView}) WHERE y IN (${rare.join(', ')}) ORDER BY y, place`,
  );
  const byClass = new Map(rare.map((label) => [label, hashes.filter(({ y }) => y === label).map((it) => it.place)]));
  const cases = [...byClass].map(([label, ranked]) => {
    const first = rankCut(ranked, train, 1);
    const second = rankCut(ranked, train + validation, first);
    const at = (rank: number) =>
      rank >= ranked.length ? '18446744073709551615::UBIGINT' : `${String(ranked[rank])}::UBIGINT`;
    return `WHEN ${label} THEN ${partBy(place, at(first), at(second))}`;
  });
  return { part: whole(`CASE y ${cases.join(' ')} ELSE ${usual.replaceAll('place', place)} END`, options) };
};

/** How many of the ranked hashes a share takes; equal rows have equal hashes: a cut between them moves to the nearer end. */
const rankCut = (ranked: readonly bigint[], share: number, least: number) => {
  const wanted = Math.min(ranked.length, Math.max(least, Math.round(share * ranked.length)));
  let [before, after] = [wanted, wanted];
  while (before > 0 && before < ranked.length && ranked[before] === ranked[before - 1]) before -= 1;
  while (after > 0 && after < ranked.length && ranked[after] === ranked[after - 1]) after += 1;
  return before >= least && wanted - before <= after - wanted ? before : after;
};

const group = async (dataset: Dataset, options: SplitOptions, name: string): Promise<Way> => {
  const { sql } = columnFor(dataset, name, options);
  await refuseMissing(dataset, sql, name);
  const { toTrain, toValidation } = cuts(options);
  const place = seeded(sql, options.seed, 'split');
  return { part: whole(partBy(place, threshold(toTrain), threshold(toValidation)), options), group: sql };
};

const refuseMissing = async (dataset: Dataset, sql: string, name: string) => {
  const [first] = await dataset.engine.rows<{ row: bigint | null }>(
    `SELECT min(row) AS row FROM (SELECT row_number() OVER () AS row, ${sql} AS cell FROM ${rowsView}) WHERE cell IS NULL`,
  );
  if (first?.row === null || first === undefined) return;
  throw new InputError({
    what: `The column ${shown(name)}, by which the rows are split, has missing values`,
    where: `${dataset.name}, first in data row ${first.row}`,
    expected: 'a value in every row',
    todo: 'Complete it, or split by another column',
  });
};

/** ISO 8601 text sorts as time does; numbers sort as numbers. */
const time = async (dataset: Dataset, options: SplitOptions, name: string): Promise<Way> => {
  const { sql, type } = columnFor(dataset, name, options);
  await refuseMissing(dataset, sql, name);
  const moment = type === 'numeric' ? sql : `try_cast(${sql} AS TIMESTAMP)`;
  if (type === 'categorical') await refuseNoTime(dataset, sql, name, moment);
  const { toTrain, toValidation } = cuts(options);
  const ranks = [toTrain, toValidation].map((share) => Math.round(share * dataset.rows));
  const ordered = `SELECT m, sum(n) OVER (ORDER BY m) - n AS before FROM (SELECT ${moment} AS m, count(*) AS n FROM ${rowsView} GROUP BY 1)`;
  const [cut] = await dataset.engine.rows<{ first: string | null; second: string | null }>(
    `SELECT (min(m) FILTER (before >= ${ranks[0]}))::VARCHAR AS first, (min(m) FILTER (before >= ${ranks[1]}))::VARCHAR AS second FROM (${ordered})`,
  );
  const literal = (text: string | null | undefined) =>
    type === 'numeric' ? `${text ?? `'Infinity'`}::DOUBLE` : `${quoted(text ?? 'infinity')}::TIMESTAMP`;
  return { part: whole(partBy(moment, literal(cut?.first), literal(cut?.second)), options) };
};

const refuseNoTime = async (dataset: Dataset, sql: string, name: string, moment: string) => {
  const [bad] = await dataset.engine.rows<{ cell: string | null }>(
    `SELECT min(${sql}) AS cell FROM ${rowsView} WHERE ${moment} IS NULL`,
  );
  if (bad?.cell === null || bad === undefined) return;
  throw new InputError({
    what: `The column ${shown(name)}, by which the rows are split in time, holds ${shown(bad.cell)}`,
    where: `${dataset.name}, prepare.split.by`,
    expected: 'numbers, or dates and times such as 2026-03-31 or 2026-03-31 17:30:00',
    todo: 'Write the dates year first',
  });
};

const named = async (dataset: Dataset, options: SplitOptions, name: string): Promise<Way> => {
  const { sql } = columnFor(dataset, name, options);
  const values = await dataset.engine.rows<{ value: string | number | null }>(
    `SELECT DISTINCT ${sql} AS value FROM ${rowsView} LIMIT 20`,
  );
  const strange = values.find(({ value }) => !splitNames.some((it) => it === String(value).toLowerCase()));
  if (strange)
    throw new InputError({
      what: `The column ${shown(name)}, which names the split of each row, holds ${strange.value === null ? 'missing values' : shown(String(strange.value))}`,
      where: `${dataset.name}, prepare.split.by`,
      expected: splitNames.join(', '),
      todo: 'Correct the values, or split in another way',
    });
  const cases = splitNames.map((it, place) => `WHEN '${it}' THEN ${place}`);
  return { part: `CASE lower(${sql}) ${cases.join(' ')} END` };
};
