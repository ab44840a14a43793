import { InputError } from '../../spec/errors.ts';
import type { Champion, Plan } from '../../spec/run.ts';

/** By this name the train machine tells a run that came second from one that failed. */
class Overtaken extends InputError {
  override name = 'Overtaken';
}

/** The gate has compared with a champion that is no longer the one: what it said does not hold for the present one. */
export const overtaken = ({ runId, pipeline, champion }: Plan, present: Champion | undefined) =>
  new Overtaken({
    what: `Another run changed the deployed model of ${pipeline.name} while this one was under way`,
    where: runId,
    expected: `${told(champion)}, as when the run began, not ${told(present)}`,
    todo: 'Drop the file again: its run is then compared with the present model.',
  });

const told = (champion: Champion | undefined) =>
  [champion?.runId ?? 'no deployed model', champion?.beside?.runId].filter(Boolean).join(' beside ');
