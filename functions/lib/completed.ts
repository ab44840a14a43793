import type { Manifest } from '../../algorithms/algorithm.ts';
import { algorithms } from '../../algorithms/index.ts';
import { InputError } from '../../spec/errors.ts';
import type { Plan, PlannedCandidate, Prepared } from '../../spec/run.ts';

/**
 * The algorithm of a candidate, and the user's hyperparameters with what the data adds, of the rows outside `fold` if one is
 * given. Throws InputError when the algorithm cannot do what is asked of it.
 */
export const completed = (
  { pipeline }: Pick<Plan, 'pipeline'>,
  { id, algorithm, hyperparameters }: PlannedCandidate,
  prepared: Prepared,
  fold?: number,
): { manifest: Manifest; hyperparameters: Record<string, string> } => {
  const { problem } = prepared;
  const manifest = algorithms[algorithm];
  if (!manifest?.problems.includes(problem))
    throw new InputError({
      what: `${algorithm} cannot solve a ${problem} problem`,
      where: `train.candidates[${id}].algorithm`,
    });
  const { rows, features, classCounts, classWeights } = fold === undefined ? whole(prepared) : outside(prepared, fold);
  try {
    const complete = manifest.complete(hyperparameters, {
      problem,
      rows,
      features,
      ...(classCounts && { classCounts }),
      ...(classWeights && {
        classWeights: { balanced: pipeline.train.classWeights === 'balanced', byClass: classWeights },
      }),
    });
    return { manifest, hyperparameters: complete };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new InputError({ what: cause.message, where: `train.candidates[${id}].hyperparameters` }, { cause });
  }
};

const whole = ({ rows, ...prepared }: Prepared) => ({ ...prepared, rows: rows.train });

const outside = ({ folds = [] }: Prepared, fold: number) => {
  const own = folds[fold];
  if (!own) throw new RangeError(`Fold ${fold} was not prepared.`);
  return { ...own, rows: own.train };
};
