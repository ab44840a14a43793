/** What a report is made of. */
import type { Profile } from '../data/profile/schema.ts';
import type { Cost } from '../spec/costs.ts';
import type { Drift, EvaluationDocument } from '../spec/evaluation.ts';
import type { GateVerdict, Plan, Prepared } from '../spec/run.ts';

/** One model on the held-out rows. */
export interface EvaluatedCandidate {
  candidate: number | 'champion';
  algorithm: string;
  evaluation: EvaluationDocument;
}

/** What is absent is left out of the report. */
export interface ReportFacts {
  plan: Pick<
    Plan,
    | 'runId'
    | 'source'
    | 'pipeline'
    | 'pipelineVersionId'
    | 'candidates'
    | 'champion'
    | 'costCeilingUsd'
    | 'endpointUsdPerMonth'
  >;
  prepared: Prepared;
  profile?: Profile;
  /** With the champion's, when it was scored. */
  evaluations: readonly EvaluatedCandidate[];
  verdict: GateVerdict;
  /** Of the jobs that had ended when the report was written. */
  cost?: Cost;
  /** Of every column, against the drop of the run named: drift.json. */
  drift?: { against: string; columns: readonly Drift[] };
}

/** The model that the report is about: the gate's winner, or, where there is none, the first that was evaluated. */
export const subjectOf = ({ evaluations, verdict }: ReportFacts): EvaluatedCandidate | undefined =>
  evaluations.find(({ candidate }) => candidate === verdict.winner) ??
  evaluations.find(({ candidate }) => candidate !== 'champion');

export const championOf = ({ evaluations }: ReportFacts): EvaluatedCandidate | undefined =>
  evaluations.find(({ candidate }) => candidate === 'champion');

/** The number is the one of the keys in the bucket: runs/<runId>/candidates/<n>/. */
export const nameOf = ({ candidate, algorithm }: Pick<EvaluatedCandidate, 'candidate' | 'algorithm'>): string =>
  candidate === 'champion' ? `Champion (${algorithm})` : `Candidate ${candidate} (${algorithm})`;
