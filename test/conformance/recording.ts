/** The shape of recorded cases and of the judge that stands beside them. */
import type { Json, JsonObject } from '../../runtime/asl/json.ts';
import type { Step } from './stepArguments.ts';

export interface Stub {
  state: string | null;
  input: Json;
  answer: unknown;
}

export interface RecordedRun {
  definition: JsonObject;
  type: 'STANDARD' | 'EXPRESS';
  input?: Json;
  stubs: Stub[];
  expected: { status: string; history?: { order: 'total' | 'multiset'; events: { id: number; type: string }[] } };
}

/** What a case needs in S3. */
export interface StoredObject {
  Bucket: string;
  Key: string;
  Body: string;
}

export interface Case {
  id: string;
  kind: 'execution' | 'test-state' | 'validate' | 'api';
  category: string;
  source: string;
  queryLanguage: string;
  needs: string[];
  /** When AWS was asked: `25-11-2024, 19:02:42`. */
  recorded?: string;
  functions?: Record<string, string>;
  s3?: StoredObject[];
  /** Of an execution case. */
  runs?: RecordedRun[];
  /** Of every other kind. */
  steps?: Step[];
}

/** Null where the engine agrees with the recording, else the first difference. */
export interface Verdict {
  outcome: string | null;
  cause: string | null;
  types: string | null;
  history: string | null;
  /** Why a difference is no fault of the engine; see known.ts. */
  known?: string | undefined;
}

/** What a stub answers to one call. */
export interface Answered {
  missing?: boolean;
  never?: boolean;
  succeed?: Json;
  fail?: { error?: string; cause?: Json };
  submitted?: Json;
}

export interface Compare {
  judge(expected: unknown, actual: unknown): Verdict;
  normalise(value: Json): Json;
  /** Null when equal, else the first difference; both sides normalised. */
  differs(want: Json, got: Json): string | null;
  FUNCTIONS: Readonly<Record<string, (event: Json) => Json>>;
  callFunction(resource: string, input: Json, functions?: Record<string, string>): Json | undefined;
  Replay: new (stubs: readonly Stub[]) => { next(state: string, input: Json): Answered; inputDiffs: string[] };
}
