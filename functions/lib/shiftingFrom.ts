import type { Steps } from '../../spec/rollout.ts';
import type { Champion, Plan } from '../../spec/run.ts';
import { modelRunOf } from './endpointConfigs.ts';

/**
 * The champion that a run's model takes the requests of, and in which steps; undefined when it gets all of them at once: because that is
 * asked for, as the first model on the endpoint, and where the model is the champion itself, which gets rid of another beside it.
 */
export const shiftingFrom = (
  plan: Plan,
  champion: Champion | undefined,
): { champion: Champion; traffic: Steps } | undefined => {
  const { traffic } = plan.pipeline.deploy;
  if (traffic === 'all-at-once' || champion?.target !== 'endpoint' || champion.runId === modelRunOf(plan))
    return undefined;
  return { champion, traffic };
};
