import type { Champion, Plan } from '../../spec/run.ts';
import type { Weights } from '../../spec/weights.ts';

/**
 * The champion that a run's model is to serve beside, and their shares; undefined when it takes its place: without weights,
 * as the first model on the endpoint, and in a promotion or rollback, which gives its model all requests.
 */
export const weightsBeside = ({
  pipeline,
  deploys,
  champion,
}: Plan): { champion: Champion; weights: Weights } | undefined => {
  const { weights } = pipeline.deploy;
  return weights && !deploys && champion?.target === 'endpoint' ? { champion, weights } : undefined;
};
