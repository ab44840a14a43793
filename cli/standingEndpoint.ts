import { tellStanding } from '../spec/endpointView.ts';
import type { Pipeline } from '../spec/pipeline.ts';
import { ApiError, type Api } from './api.ts';

/** What to say of an endpoint that stands although the pipeline file does not ask for one; undefined when there is none. */
export const standingEndpoint = async (api: Api, { name, deploy }: Pipeline): Promise<string | undefined> => {
  if (deploy.target === 'endpoint') return undefined;
  try {
    return tellStanding(name, await api.getEndpoint(name));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
};
