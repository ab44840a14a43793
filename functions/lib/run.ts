/** What every later step of a run reads first. */
import { keys } from '../../spec/names.ts';
import { planSchema, preparedSchema, type Plan } from '../../spec/run.ts';
import { foldId, modelName, partsOf, type CandidateId } from '../../spec/names.ts';
import { readDocument } from './bucket.ts';
import { environment } from './environment.ts';

export const readPlan = (runId: string): Promise<Plan> => readDocument(keys.plan(runId), planSchema);
export const readPrepared = (runId: string) => readDocument(keys.prepared(runId), preparedSchema);

/** The plan of the run whose model a run deploys: its own, or the one that made the registered model. */
export const modelPlanOf = async (plan: Plan): Promise<Plan> => (plan.deploys ? readPlan(plan.deploys.runId) : plan);

/** The algorithm and the SageMaker model of a candidate, or of the champion beside them. Throws RangeError. */
export const contender = (plan: Plan, candidate: CandidateId): { algorithm: string; modelName: string } => {
  const { candidate: planned } = partsOf(candidate);
  const found =
    planned === 'champion'
      ? plan.champion
      : plan.candidates[planned] && {
          algorithm: plan.candidates[planned].algorithm,
          modelName: modelName(plan.runId, candidate),
        };
  if (!found) throw new RangeError(`The plan of ${plan.runId} has no candidate ${candidate}.`);
  return { algorithm: found.algorithm, modelName: found.modelName };
};

/** How many folds a run's candidates are trained without. */
export const foldsOf = ({ pipeline }: Pick<Plan, 'pipeline'>): number => {
  const { folds = 0, repeats } = pipeline.prepare.split;
  return folds * repeats;
};

/** Every candidate, and every candidate without each fold. */
export const candidatesOf = (plan: Plan): CandidateId[] =>
  plan.candidates.flatMap(({ id }) => [id, ...Array.from({ length: foldsOf(plan) }, (_, fold) => foldId(id, fold))]);

/** Tags of every resource we make in SageMaker, for cost reports and for finding what was left. */
export const tagsOf = (runId: string, pipeline: string) => [
  { Key: 'sluice:run', Value: runId },
  { Key: 'sluice:stack', Value: environment('STACK') },
  { Key: 'sluice:pipeline', Value: pipeline },
];
