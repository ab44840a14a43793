import type { StatesError } from './errors.ts';
import type { Json } from './json.ts';

/** What a waiting state is told: the answer to its command, or the end of one of its children. */
export type Answer =
  | { kind: 'found'; exists: boolean }
  | { kind: 'begun'; workerName?: string | undefined }
  | { kind: 'submitted'; output: Json }
  | { kind: 'succeeded'; output: Json }
  | { kind: 'failed'; error?: string | undefined; cause?: string | undefined; unsubmitted?: boolean | undefined }
  | { kind: 'timedOut'; alias?: string | undefined }
  | { kind: 'rang' }
  | { kind: 'redriven' }
  | { kind: 'childSucceeded'; index: number; output: Json; last: number }
  | { kind: 'childFailed'; index: number; error: StatesError; last: number };
