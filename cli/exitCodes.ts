import type { Outcome } from '../spec/run.ts';

/** How commands that wait for a run exit. A refusal is an answer, and scripts must be able to tell it from a model. */
export const exitCodes: Partial<Record<Outcome, number>> = {
  FAILED: 1,
  STOPPED: 1,
  TIMED_OUT: 1,
  REFUSED: 3,
  REJECTED: 3,
  EXPIRED: 3,
  OVERTAKEN: 3,
  ROLLED_BACK: 3,
  SKIPPED: 3,
};
