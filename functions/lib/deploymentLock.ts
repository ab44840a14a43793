import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Conflict } from './defineRoute.ts';
import { lock, unlock } from './ledger/lock.ts';

/** Longer than a route may take. */
const seconds = 60;

/** Does what changes a pipeline's deployment by a request, while no run deploys. Throws Conflict when one does. */
export const withDeployment = async <T>(
  pipeline: string,
  { requestContext }: APIGatewayProxyEventV2,
  change: () => Promise<T>,
): Promise<T> => {
  const holder = `request-${requestContext.requestId}`;
  if (!(await lock(pipeline, holder, seconds)))
    throw new Conflict(`A run is deploying the pipeline ${pipeline}: stop it, or wait for its end.`);
  try {
    return await change();
  } finally {
    await unlock(pipeline, holder);
  }
};
