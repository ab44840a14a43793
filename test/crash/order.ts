/** What a process is to do that lives until the crash test kills it, and what it leaves for the test to read. */
import type { CrashPoint } from '../../runtime/crashPoints.ts';

export interface Order {
  world: 'machine' | 'train' | 'clearing';
  dataDir: string;
  /** Executions (machine) or pipelines (train) to begin, unless a former life has begun them. */
  begin: string[];
  /** SIGKILL when the point is reached for the n-th time. */
  arm?: { point: CrashPoint; nth: number } | undefined;
  /** SIGKILL after so many milliseconds. */
  killAfter?: number | undefined;
  /** Where the life that sees everything end writes its report. */
  report?: string | undefined;
}

/** Something a stub did for a task. */
export interface Effect {
  /** ARN of the execution, name of the state, index of the item, number of the retry: one task, whenever it is asked for. */
  task: string;
  /** What makes a repetition recognizable to the one who is called. */
  idempotencyToken: string;
  payload: unknown;
}

export interface ReportedEvent {
  id: number;
  previousEventId: number;
  type: string;
  [details: string]: unknown;
}

export interface ReportedExecution {
  arn: string;
  name: string;
  machine: string;
  status: string;
  input: string;
  events: ReportedEvent[];
}

export interface Report {
  executions: ReportedExecution[];
  /** What became of each pipeline that was begun (train), by name. */
  products: Record<string, Product>;
  /** What the last life found wrong by itself (clearing). */
  wrong?: string[];
}

/** All that the product keeps of a pipeline with one run: the same whatever crashed. */
export interface Product {
  /** Runs in the ledger, with their outcomes. */
  runs: unknown[];
  champion: unknown;
  /** The run that may change the deployment; nobody's once all have ended. */
  lock: unknown;
  /** Jobs of SageMaker by name, with their status. */
  jobs: string[];
  models: string[];
  packages: string[];
  endpoints: string[];
  /** Digest of the published predictions. */
  predictions: string | null;
  /** What was told, each once. */
  messages: string[];
  /** Messages that were told more than once: the answer to the first was lost. */
  toldAgain: number;
}
