/**
 * Train, validation and test rows, and the folds among those that are not tested: decided before anything is fitted, by the
 * row's content or by what the pipeline names, never by the row's place.
 *
 * - `random`: a seeded hash of the row, as a number in [0, 1), is compared with the fractions. Rows that are added later move no
 *   old row. The shares are met on average only.
 * - `stratified`: the same with cuts of its own for each class. A class of at least `rankedBelow` rows is cut where `random`
 *   cuts; a rarer one by rank, so that every split gets its share, and rows added to it may move rows near a cut.
 * - `group:<column>`: the hash of the group's value; all rows of a group meet in one split.
 * - `time:<column>`: the latest rows are tested, those before them validate; rows of one moment stay together.
 * - `column:<column>`: the file says it itself: train, validation or test.
 */
import { InputError } from '../spec/errors.ts';
import { count } from './count.ts';
import { hashedView, rowsView, type Dataset, type DatasetColumn } from './dataset.ts';
import { quoted, type Engine } from './engine.ts';
import { shown } from './quote.ts';
import { columnNamed, labelSql, type Target } from './target.ts';

export interface SplitOptions {
  /** Fractions of the rows; they add up to 1. */
  train: number;
  validation: number;
  test: number;
  /** 32-bit unsigned. */
  seed: number;
  /** random, stratified, group:<column>, time:<column> or column:<column>; default: stratified for classes, random for numbers. */
  by?: string | undefined;
  /** How many folds the rows outside the test split fall into; default 0: none. */
  folds?: number | undefined;
  /** How often they are divided anew. */
  repeats?: number | undefined;
  target: Target;
}

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** Rows of each split, and of each fold. */
export interface Split extends Record<SplitName, number> {
  folds: FoldRows[];
  /** By label (classes), rows of train and of validation. */
  trainLabels: number[];
  validationLabels: number[];
}

/** One fold of one repetition. */
export interface FoldRows {
  /** Rows of the fold, on which is scored what was trained without them. */
  test: number;
  /** Rows of train outside it. */
  train: number;
  /** By label (classes): rows of train and of validation outside it, and its own. */
  trainLabels: number[];
  validationLabels: number[];
  testLabels: number[];
}

/** Conditions for the rows of a fold in `splitView`: to train, to validate, and the fold itself. */
export const inFold = (fold: number, folds: number) => {
  const own = `cv${Math.floor(fold / folds)} = ${fold % folds}`;
  return { train: `part = 0 AND NOT (${own})`, validation: `part = 1 AND NOT (${own})`, test: `part <> 2 AND ${own}` };
};

/** Name of the view that has, beside the columns of every row, its hash `h`, its label `y`, its split `part`, a `fold` of five, and
 * where folds were wanted the fold `cv0`, `cv1`, … of each repetition. */
export const splitView = 'split_rows';

/** The condition for the rows of a split in `splitView`. */
export const inSplit = (name: SplitName) => `part = ${splitNames.indexOf(name)}`;

/** Classes with fewer rows are cut by rank. */
const rankedBelow = 200;

/** A fraction of the 64-bit hashes as a literal. */
const threshold = (share: number) => {
  const place = BigInt(Math.round(Math.min(1, Math.max(0, share)) * 2 ** 53)) << 11n;
  return `${place > 0xffff_ffff_ffff_ffffn ? 0xffff_ffff_ffff_ffffn : place}::UBIGINT`;
};

/** A seeded 64-bit hash of an expression; `salt` keeps splits and folds apart. */
const seeded = (expression: string, seed: number, salt: string) => `hash(${expression}, ${quoted(`${salt} ${seed}`)})`;

/** Which of three parts a value falls into, by two cuts. */
const partBy = (value: string, toTrain: string, toValidation: string) =>
  `(CASE WHEN ${value} < ${toTrain} THEN 0 WHEN ${value} < ${toValidation} THEN 1 ELSE 2 END)`;

/** Decides every row and makes `splitView`. Throws InputError when rows, classes, groups or columns do not suffice. */
export const split = async (dataset: Dataset, options: SplitOptions): Promise<Split> => {
  await decideSplit(dataset, options);
  return countSplit(dataset, options);
};

/** Makes `splitView`. Throws InputError for columns that cannot decide. */
export const decideSplit = async (dataset: Dataset, options: SplitOptions): Promise<void> => {
  const { engine } = dataset;
  checkFractions(options);
  const { target, seed, folds = 0, repeats = 1 } = options;
  const column = columnNamed(dataset, 'the target', target.name);
  const { part, group } = await way(dataset, options);
  const cv = Array.from({ length: folds > 0 ? repeats : 0 }, (_, repeat) => foldOf(repeat, options, group));
  const labelled = `SELECT *, ${labelSql(target, column.sql)} AS y FROM ${hashedView}`;
  const fold = `(${seeded(group ?? 'h', seed, 'fold')} % 5)::UTINYINT AS fold`;
  const decided = `SELECT *, (${part})::UTINYINT AS part, ${fold} FROM (${labelled})`;
  const isRowwise = cv.length === 0 && (target.classes?.length ?? 0) <= fewClasses;
  const decision = isRowwise ? decided : await keep(dataset, decided, cv);
  await engine.run(`CREATE OR REPLACE VIEW ${splitView} AS ${decision}`);
};

/** Counts what was decided. Throws InputError when rows, classes or groups do not suffice. */
export const countSplit = async (dataset: Dataset, options: SplitOptions): Promise<Split> => {
  const { target, folds = 0, repeats = 1 } = options;
  const counted = await countParts(dataset.engine, target, folds, repeats);
  refuseEmpty(counted, dataset, options);
  refuseUntrained(counted, target);
  return counted;
};

/** So many classes are told apart anew by every query; of more the labels are kept. */
const fewClasses = 20;

/**
 * What a row cannot tell alone, or not fast, is written down once and read beside the rows: slower than to compute it anew, since
 * such rows are read by one thread.
 */
const keep = async (dataset: Dataset, decided: string, cv: readonly string[]) => {
  const { engine } = dataset;
  const keys = quoted(engine.path('keys.parquet'));
  // Ranks are worked out in another order: the rows are put back into their places.
  const placed = cv.length > 0 ? `SELECT *, row_number() OVER () AS place FROM (${decided})` : decided;
  const kept = `SELECT ${['h AS kept', 'y', 'part', 'fold', ...cv].join(', ')} FROM (${placed})${cv.length > 0 ? ' ORDER BY place' : ''}`;
  await engine.run(`COPY (${kept}) TO ${keys} (FORMAT parquet, COMPRESSION lz4_raw)`);
  const joined = `${hashedView} POSITIONAL JOIN read_parquet(${keys})`;
  await checkPlaces(dataset, joined);
  return `SELECT * EXCLUDE (kept) FROM ${joined}`;
};

/** A label beside another row than its own would go unnoticed until a model is poor: the hashes must be those of the rows. */
const checkPlaces = async ({ engine, rows, name }: Dataset, joined: string) => {
  const [found] = await engine.rows<{ rows: bigint; right: bigint }>(
    `SELECT count(*) AS rows, count(*) FILTER (h = kept) AS right FROM ${joined}`,
  );
  if (Number(found?.rows) !== rows || Number(found?.right) !== rows)
    throw new Error(`The keys of ${name} do not stand beside their rows: ${String(found?.right)} of ${rows} do`);
};

/**
 * The fold of a row in one repetition: by group where groups stay together, else by rank among the rows sorted by class,
 * so that the folds differ by one row at most, of each class too, and every class is in every fold that it can be in.
 */
const foldOf = (repeat: number, { seed, folds = 0, target }: SplitOptions, group: string | undefined) => {
  const place = seeded(group ?? 'h', seed, `cv ${repeat}`);
  // Class by class in one sequence: each class and all rows together are dealt out evenly.
  const order = [...(target.classes ? ['y'] : []), place, 'h'].join(', ');
  const rank = `row_number() OVER (PARTITION BY part = 2 ORDER BY ${order}) - 1`;
  return `((${group === undefined ? rank : place}) % ${folds})::UTINYINT AS cv${repeat}`;
};

const checkFractions = ({ train, validation, test }: SplitOptions) => {
  const fractions = [train, validation, test];
  const valid = train > 0 && fractions.every((share) => share >= 0 && share <= 1);
  if (valid && Math.abs(train + validation + test - 1) < 1e-9) return;
  throw new InputError({
    what: `The split ${fractions.join(' + ')} does not divide the rows`,
    where: 'prepare.split',
    expected: 'train, validation and test from 0 to 1 that add up to 1, with a train above 0',
    todo: 'Correct the fractions',
  });
};

/** How a row's part is told in SQL, and what must stay together. */
interface Way {
  part: string;
  group?: string;
}

const way = async (dataset: Dataset, options: SplitOptions): Promise<Way> => {
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

const countParts = async (engine: Engine, { classes }: Target, folds: number, repeats: number): Promise<Split> => {
  const label = classes ? 'y' : '0.0';
  const count = async (column: string) => {
    const found = await engine.rows<{ part: number; fold: number; y: number | null; n: bigint }>(
      `SELECT part, ${column} AS fold, ${label} AS y, count(*) AS n FROM ${splitView} GROUP BY ALL`,
    );
    return (matches: (row: (typeof found)[number]) => boolean) =>
      found.filter(matches).reduce((total, { n }) => total + Number(n), 0);
  };
  const sum = await count('0');
  const labels = classes ?? [];
  const folded: FoldRows[] = [];
  for (let repeat = 0; repeat < (folds > 0 ? repeats : 0); repeat++) {
    const own = await count(`cv${repeat}`);
    for (let fold = 0; fold < folds; fold++) {
      const byLabel = (matches: (row: { part: number; fold: number }) => boolean) =>
        labels.map((_, place) => own((row) => matches(row) && row.y === place));
      folded.push({
        test: own((row) => row.part !== 2 && row.fold === fold),
        train: own((row) => row.part === 0 && row.fold !== fold),
        trainLabels: byLabel((row) => row.part === 0 && row.fold !== fold),
        validationLabels: byLabel((row) => row.part === 1 && row.fold !== fold),
        testLabels: byLabel((row) => row.part !== 2 && row.fold === fold),
      });
    }
  }
  return {
    train: sum(({ part }) => part === 0),
    validation: sum(({ part }) => part === 1),
    test: sum(({ part }) => part === 2),
    folds: folded,
    trainLabels: labels.map((_, place) => sum(({ part, y }) => part === 0 && y === place)),
    validationLabels: labels.map((_, place) => sum(({ part, y }) => part === 1 && y === place)),
  };
};

const refuseEmpty = (result: Split, { name, rows }: Dataset, options: SplitOptions) => {
  const namesParts = options.by?.startsWith('column:') === true;
  for (const part of splitNames) {
    if (result[part] > 0 || (namesParts ? part === 'validation' : options[part] === 0)) continue;
    // With n rows a split of share f stays empty with probability (1 - f)^n: 5 / f rows make that less than 1 in 100.
    const needed = Math.ceil(5 / (options[part] || 1));
    throw new InputError({
      what: `${name} has ${count(rows, 'row')}, which leaves none for the ${part} split`,
      where: namesParts ? `prepare.split.by: ${options.by}` : `prepare.split, ${part}: ${options[part]}`,
      expected: namesParts ? `rows that say ${part}` : `about ${needed} different rows or more`,
      todo: `Add rows, or ${namesParts ? 'split in another way' : `enlarge the ${part} fraction`}`,
    });
  }
  const { folds } = options;
  const empty = result.folds.findIndex(({ test, train }) => test === 0 || train === 0);
  if (empty < 0) return;
  throw new InputError({
    what: `Fold ${empty + 1} of ${folds} leaves no rows to ${result.folds[empty]?.test === 0 ? 'score' : 'train on'}`,
    where: 'prepare.split.folds',
    expected: `at least ${folds} rows, or groups, outside the test split`,
    todo: 'Take fewer folds, or add rows',
  });
};

const refuseUntrained = ({ trainLabels, folds }: Split, { classes = [], classCounts = [], name }: Target) => {
  const lacking = folds.findIndex((fold) => fold.trainLabels.includes(0));
  const lost = folds[lacking]?.trainLabels.indexOf(0) ?? -1;
  if (lost >= 0 && trainLabels[lost] !== 0)
    throw new InputError({
      what: `The class ${shown(classes[lost]!)} of the target ${shown(name)} has too few rows for so many folds: without fold ${lacking + 1} none is left to train on`,
      where: 'prepare.split.folds',
      expected: 'rows of every class outside every fold',
      todo: `Take fewer folds, or have more than ${classCounts[lost] ?? 0} rows of this class`,
    });
  const absent = trainLabels.indexOf(0);
  if (absent < 0) return;
  const rows = classCounts[absent] ?? 0;
  throw new InputError({
    what: `The class ${shown(classes[absent]!)} of the target ${shown(name)} has ${count(rows, 'row')}, none of which fell into the train split`,
    where: 'prepare.split',
    expected: 'every class in the train split',
    todo: `Use by: stratified, or have at least ${Math.max(5, rows + 1)} rows of this class`,
  });
};

/** The labels of a split's rows in the order of their hashes, as channels have them. */
export const splitLabels = async (engine: Engine, name: SplitName): Promise<Float64Array> => {
  const [counted] = await engine.rows<{ n: bigint }>(`SELECT count(*) AS n FROM ${splitView} WHERE ${inSplit(name)}`);
  const labels = new Float64Array(Number(counted?.n ?? 0));
  let at = 0;
  for await (const chunk of engine.chunks(`SELECT y FROM ${splitView} WHERE ${inSplit(name)} ORDER BY h`)) {
    labels.set((chunk.getColumnVector(0) as unknown as { items: Float64Array }).items.subarray(0, chunk.rowCount), at);
    at += chunk.rowCount;
  }
  return labels;
};

/** The condition for the first rows of a split in the order of their hashes; equal rows count as one. */
export const firstHashes = async (engine: Engine, name: SplitName, rows: number): Promise<string> => {
  const [last] = await engine.rows<{ h: bigint | null }>(
    `SELECT max(h) AS h FROM (SELECT h FROM ${splitView} WHERE ${inSplit(name)} ORDER BY h LIMIT ${rows})`,
  );
  return last?.h === null || last === undefined ? 'false' : `h <= ${last.h}::UBIGINT`;
};
