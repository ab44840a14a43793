/** How a state fails. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */

/** An error a machine can name in Retry and Catch; `States.Runtime` alone ends the execution whatever the machine says. */
export class StatesError extends Error {
  /** As in ErrorEquals; a Fail state and a task may fail without one. */
  readonly error: string | undefined;
  /** The text machines see as Cause. */
  readonly explanation: string | undefined;
  readonly how: How;

  constructor(error: string | undefined, explanation?: string, how: How = {}) {
    super(`${error ?? 'unnamed error'}: ${explanation ?? ''}`);
    this.error = error;
    this.explanation = explanation;
    this.how = how;
  }
}

/** What the engine must know of an error besides its name. */
export interface How {
  /** The engine found the fault: the cause begins with the state it was found in. */
  fault?: boolean;
  /** A JSONata expression failed: the field, such as `Output/total`, where AWS names one. */
  evaluation?: { location?: string };
  /** A further name that Retry and Catch may know it by. */
  alias?: string | undefined;
}

/** A fault of the machine against its data; the engine adds which state it happened in. */
export const runtimeError = (what: string) => new StatesError('States.Runtime', what, { fault: true });

/** A field of a JSONata state that does not come to what the state needs. */
export const queryError = (what: string, location?: string) =>
  new StatesError('States.QueryEvaluationError', what, {
    fault: true,
    evaluation: location === undefined ? {} : { location },
  });

/** A result above the payload quota; `of` is the state or the task's resource. */
export const tooLarge = (of: string) =>
  new StatesError(
    'States.DataLimitExceeded',
    `The state/task '${of}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
