import { executionArn } from '../../spec/names.ts';
import type { RunRecord } from './ledger/runs.ts';
import { environment } from './environment.ts';

/** The ARN of a run's execution, which the machine of its kind has. */
export const runExecution = ({ runId, kind }: Pick<RunRecord, 'runId' | 'kind'>): string =>
  executionArn(environment(kind === 'score' ? 'SCORE_MACHINE_ARN' : 'TRAIN_MACHINE_ARN'), runId);
