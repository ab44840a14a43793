import { InputError } from '../../spec/errors.ts';

/** What is told of a pipeline that is to score and has no model for it. */
export const noChampion = (pipeline: string) =>
  new InputError({
    what: `The pipeline ${pipeline} has no deployed model to score with`,
    expected: 'a model that passed the gate of a run with deploy.target: endpoint or batch',
    todo: 'Train and deploy one, then ask again.',
  });
