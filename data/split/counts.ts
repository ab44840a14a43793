/** Rows of every split and fold, and what is refused because they are too few. */
import { InputError } from '../../spec/errors.ts';
import { count } from '../count.ts';
import type { Dataset } from '../dataset.ts';
import type { Engine } from '../engine.ts';
import { shown } from '../quote.ts';
import type { Target } from '../target.ts';
import { splitNames, splitView, type FoldRows, type Split, type SplitOptions } from './parts.ts';

/** Counts what was decided. Throws InputError when rows, classes or groups do not suffice. */
export const countSplit = async (dataset: Dataset, options: SplitOptions): Promise<Split> => {
  const { target, folds = 0, repeats = 1 } = options;
  const counted = await countParts(dataset.engine, target, folds, repeats);
  refuseEmpty(counted, dataset, options);
  refuseUntrained(counted, target);
  return counted;
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
