import { InputError } from '../../spec/errors.ts';
import type { Plan } from '../../spec/run.ts';

/** The gate has compared with a champion that is no longer the one: what it said does not hold for the present one. */
export const overtaken = ({ runId, pipeline, champion }: Plan, present: string | undefined) =>
  new InputError({
    what: `Another run changed the deployed model of ${pipeline.name} while this one was under way`,
    where: runId,
    expected: `${champion?.runId ?? 'no deployed model'}, with which the gate has compared, not ${present ?? 'none'}`,
    todo: 'Drop the file again: its run is then compared with the present model.',
  });
