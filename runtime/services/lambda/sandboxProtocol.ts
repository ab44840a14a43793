/**
 * What the runtime and a function's carrier tell each other. All of it goes over one channel, so a line written before a
 * result arrives before that result: nothing has to wait for streams to drain.
 */

/** What the sandbox knows when it starts. */
export interface SandboxData {
  /** Folder the bundle was unpacked to: `/var/task` on AWS. */
  taskRoot: string;
  /** `dist/plan/index.handler` */
  handler: string;
  functionName: string;
  functionArn: string;
  memorySize: number;
  logGroupName: string;
  logStreamName: string;
}

/** One event for the handler; the sandbox runs one at a time. */
export interface Invocation {
  requestId: string;
  /** JSON text. */
  payload: string;
  /** Milliseconds until the function times out, counted from the moment the sandbox reads this. */
  remaining: number;
  /** JSON text of the caller's client context. */
  clientContext?: string;
}

/** An error as Lambda reports it to the caller. */
export interface FunctionFault {
  errorType: string;
  errorMessage: string;
  trace?: readonly string[];
}

export type FromSandbox =
  | { kind: 'ready' }
  | { kind: 'line'; text: string }
  | { kind: 'result'; requestId: string; payload: string; usedMb: number }
  | { kind: 'fault'; requestId: string; fault: FunctionFault; usedMb: number }
  /** Code outside a handler's promise failed; the carrier ends right after. */
  | { kind: 'fatal'; fault: FunctionFault };
