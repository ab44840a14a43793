import { InputError } from '../../spec/errors.ts';
import { attemptOf } from '../../spec/names.ts';
import type { Plan } from '../../spec/run.ts';
import { lockHolder } from './ledger/lock.ts';
import { isOver } from './ledger/runs.ts';

/**
 * A run goes on with its deployment, for hours perhaps, as long as it has not ended and holds the lock that it took, which does not lapse
 * and is not taken again here: whoever has given it back takes the deployment back. Throws InputError.
 */
export const refuseUnlessDeploying = async ({ runId, pipeline }: Plan, redrives: number) => {
  if (await isOver(runId, redrives))
    throw new InputError({ what: 'The run has ended: it deploys nothing any more', where: runId });
  if ((await lockHolder(pipeline.name)) !== attemptOf(runId, redrives))
    throw new InputError({ what: `The run does not deploy the pipeline ${pipeline.name} any more`, where: runId });
};
