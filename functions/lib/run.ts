/** What every later step of a run reads first. */
import { keys } from '../../spec/names.ts';
import { planSchema, preparedSchema, type Plan } from '../../spec/run.ts';
import { modelName, type CandidateId } from '../../spec/names.ts';
import { readDocument } from './bucket.ts';

export const readPlan = (runId: string): Promise<Plan> => readDocument(keys.plan(runId), planSchema);
export const readPrepared = (runId: string) => readDocument(keys.prepared(runId), preparedSchema);

/** The algorithm and the SageMaker model of a candidate, or of the champion beside them. Throws RangeError. */
export const contender = (plan: Plan, candidate: CandidateId): { algorithm: string; modelName: string } => {
  const found =
    candidate === 'champion'
      ? plan.champion
      : plan.candidates[candidate] && {
          algorithm: plan.candidates[candidate].algorithm,
          modelName: modelName(plan.runId, candidate),
        };
  if (!found) throw new RangeError(`The plan of ${plan.runId} has no candidate ${candidate}.`);
  return { algorithm: found.algorithm, modelName: found.modelName };
};

/** Tags of every resource we make in SageMaker, for cost reports and for finding what was left. */
export const tagsOf = (runId: string, pipeline: string) => [
  { Key: 'sluice:run', Value: runId },
  { Key: 'sluice:pipeline', Value: pipeline },
];
