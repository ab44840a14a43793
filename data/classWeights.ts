/** How much the rows of each class count in training. */
import { nearMiss } from '../algorithms/nearMiss.ts';
import { InputError } from '../spec/errors.ts';
import type { Pipeline } from '../spec/pipeline.ts';
import { listed, shown } from './quote.ts';
import type { Target } from './target.ts';

/**
 * `train.classWeights` in label order; `balanced` is worked out from the train rows when the recipe is fitted. Throws InputError
 * for a target without classes and for a class that it does not have.
 */
export const classWeightsOf = (
  setting: Pipeline['train']['classWeights'],
  { name, classes }: Pick<Target, 'name' | 'classes'>,
): 'none' | 'balanced' | number[] => {
  if (setting === 'none') return 'none';
  const where = 'train.classWeights';
  if (!classes)
    throw new InputError({
      what: `${shown(name)} is a number and has no classes to weigh`,
      where,
      todo: 'Remove the setting',
    });
  if (setting === 'balanced') return 'balanced';
  const unknown = Object.keys(setting).find((given) => !classes.includes(given));
  if (unknown !== undefined) {
    const near = nearMiss(unknown, classes);
    throw new InputError({
      what: `The target ${shown(name)} has no class ${shown(unknown)}`,
      where,
      expected: `classes among ${listed(classes)}`,
      ...(near !== undefined && { todo: `Did you mean ${shown(near)}?` }),
    });
  }
  return classes.map((label) => setting[label] ?? 1);
};
