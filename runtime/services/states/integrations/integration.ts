/** What carries out tasks. */
import type { Execution, TaskCommand } from '../../../asl/execution.ts';
import type { Outcome } from '../../../asl/engine.ts';
import type { Json, JsonObject } from '../../../asl/json.ts';
import type { Resource } from '../../../asl/resource.ts';
import type { Principal, World } from '../../../operation.ts';
import type { StatesState } from '../statesState.ts';

export interface TaskCall {
  world: World;
  state: StatesState;
  task: TaskCommand;
  execution: Execution;
  resource: Extract<Resource, { kind: 'service' }>;
  principal: Principal;
  input: JsonObject;
  tell(outcome: Outcome): void;
  signal: AbortSignal;
}

/** Makes the call and resolves to its answer; throws AwsError or TaskError. */
export type Integration = (call: TaskCall) => Promise<Json>;

/** A failure with the very names the machine sees. */
export class TaskError extends Error {
  readonly error: string | undefined;
  readonly explanation: string | undefined;

  /** `error` and `cause` as in ErrorEquals and Error Output. */
  constructor(error: string | undefined, cause: string | undefined) {
    super(`${error}: ${cause}`);
    this.error = error;
    this.explanation = cause;
  }
}

/** What an optimized integration adds to the answer of a service. */
export const withMetadata = (world: World, output: JsonObject): JsonObject => ({
  ...output,
  SdkHttpMetadata: { HttpStatusCode: 200 },
  SdkResponseMetadata: { RequestId: world.ids.uuid() },
});
