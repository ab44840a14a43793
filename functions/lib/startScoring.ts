import { runIdOf } from '../../spec/names.ts';
import { isPending, runRequest, type RunRequest, type ScoringInput, type Started } from '../../spec/run.ts';
import { logger } from './define.ts';
import { environment } from './environment.ts';
import { startOnce } from './executions.ts';
import { getChampion } from './ledger/champion.ts';
import { addRun, getRun } from './ledger/runs.ts';
import { measure } from './metrics.ts';
import { pinSet } from './pinSet.ts';

/**
 * Starts the run that scores an object with the deployed model; the same version of it with the same model is one run. It waits
 * for nobody: it changes nothing that another run reads, and rows that somebody waits for should not wait for a training.
 * With no model deployed the run fails and tells so.
 */
export const startScoring = async (given: Omit<RunRequest, 'kind'>): Promise<Started> => {
  const request = runRequest.parse({ ...given, kind: 'score' });
  const { pipeline, source, idempotencyKey = '' } = request;
  const champion = await getChampion(pipeline);
  const { bucket, key, versionId = '' } = source;
  const model = champion?.modelPackageArn ?? '';
  const runId = runIdOf(pipeline, 'score', bucket, key, versionId, idempotencyKey, model);
  logger.appendKeys({ runId, pipeline });
  const known = await getRun(runId);
  if (known && !isPending(known.outcome)) return { runId, started: false };
  const input: ScoringInput = { ...request, runId, kind: 'score', ...(champion && { champion }) };
  if (!known) await pinSet(input);
  const added = await addRun({ ...request, runId });
  if (added) measure({ RunsStarted: 1 }, { found: { runId, pipeline } });
  await startOnce(environment('SCORE_MACHINE_ARN'), runId, input);
  return { runId, started: added };
};
