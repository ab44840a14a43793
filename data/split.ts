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
import { arraysOf } from './arraysOf.ts';
import { hashedView, type Dataset } from './dataset.ts';
import { quoted, type Engine } from './engine.ts';
import { countSplit } from './split/counts.ts';
import { inSplit, splitView, type Split, type SplitName, type SplitOptions } from './split/parts.ts';
import { seeded, way } from './split/ways.ts';
import { columnNamed, labelSql } from './target.ts';

export { countSplit } from './split/counts.ts';
export {
  inFold,
  inSplit,
  splitNames,
  splitView,
  type FoldRows,
  type Split,
  type SplitName,
  type SplitOptions,
} from './split/parts.ts';

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

/** The labels of a split's rows in the order of their hashes, as channels have them. */
export const splitLabels = async (engine: Engine, name: SplitName): Promise<Float64Array> => {
  const [counted] = await engine.rows<{ n: bigint }>(`SELECT count(*) AS n FROM ${splitView} WHERE ${inSplit(name)}`);
  const labels = new Float64Array(Number(counted?.n ?? 0));
  let at = 0;
  for await (const chunk of engine.chunks(`SELECT y FROM ${splitView} WHERE ${inSplit(name)} ORDER BY h`)) {
    const [own = new Float64Array()] = arraysOf<Float64Array>(chunk);
    labels.set(own.subarray(0, chunk.rowCount), at);
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
