/** Whether the rows suffice for what is to be measured on them; told before any job starts. */
import { InputError } from '../spec/errors.ts';
import { count } from './count.ts';
import { shown } from './quote.ts';
import type { FoldRows, Split } from './split.ts';
import type { Target } from './target.ts';

/** Throws InputError for a fold of a binary problem that has one class only: most metrics are not defined on it. */
export const refuseUnscorableFolds = ({ folds }: Pick<Split, 'folds'>, { problem, classes = [], name }: Target) => {
  if (problem !== 'binary') return;
  const lacking = folds.findIndex(({ testLabels }) => testLabels.includes(0));
  if (lacking < 0) return;
  const { testLabels, test } = folds[lacking]!;
  throw new InputError({
    what: `Fold ${lacking + 1} has ${count(test, 'row')} to score, none of them of the class ${shown(classes[testLabels.indexOf(0)]!)} of the target ${shown(name)}`,
    where: 'prepare.split.folds',
    expected: 'rows of both classes in every fold',
    todo: 'Take fewer folds, or add rows or groups of this class',
  });
};

/** The classes of which a fold has no row to score: averages over the classes leave these out there. */
export const classesWithoutRows = (
  { testLabels }: Pick<FoldRows, 'testLabels'>,
  { classes = [] }: Pick<Target, 'classes'>,
): string[] => classes.filter((_, label) => testLabels[label] === 0);

/** Throws InputError unless the target has two classes: others are not told apart by a threshold. */
export const refuseNoThreshold = ({ problem, name, classes }: Pick<Target, 'problem' | 'name' | 'classes'>) => {
  if (problem === 'binary') return;
  throw new InputError({
    what: `A threshold tells two classes apart, but ${shown(name)} ${classes ? `has ${classes.length} classes` : 'is a number'}`,
    where: 'evaluate.threshold',
    todo: 'Remove the setting',
  });
};

/** Throws InputError when the rows on which a threshold is to be chosen lack a class. */
export const refuseUnchoosable = (
  { validationLabels, folds }: Pick<Split, 'validationLabels' | 'folds'>,
  { classes = [], name }: Target,
) => {
  const sets = [validationLabels, ...folds.map((fold) => fold.validationLabels)];
  const lacking = sets.findIndex((labels) => labels.includes(0));
  if (lacking < 0) return;
  const label = sets[lacking]!.indexOf(0);
  throw new InputError({
    what: `The threshold is to be chosen on the validation rows${lacking > 0 ? ` outside fold ${lacking}` : ''}, none of which has the class ${shown(classes[label]!)} of the target ${shown(name)}`,
    where: 'evaluate.threshold',
    expected: 'validation rows of both classes',
    todo: `Enlarge the validation split${lacking > 0 ? ', take fewer folds' : ''}, or give the threshold as a number`,
  });
};
