/** Retriers. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error */
import type { StatesError } from './errors.ts';
import type { Thread } from './execution.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import type { StateDefinition } from './machine.ts';
import { nextRandom } from './random.ts';
import type { Run } from './run.ts';

/** Whether a list of ErrorEquals means this error. */
export const meansError = (names: Json | undefined, { error, how }: StatesError): boolean => {
  if (!Array.isArray(names)) return false;
  return names.some(
    (name) =>
      name === 'States.ALL' ||
      (error !== undefined && name === error) ||
      (how.alias !== undefined && name === how.alias) ||
      (name === 'States.TaskFailed' && error !== 'States.Timeout'),
  );
};

const number = (value: Json | undefined, otherwise: number) => (typeof value === 'number' ? value : otherwise);

/** When to try again (epoch ms); undefined when no retrier applies or has an attempt left. */
export const retryAt = (run: Run, thread: Thread, state: StateDefinition, error: StatesError): number | undefined => {
  const retriers: JsonObject[] = Array.isArray(state['Retry']) ? state['Retry'].filter(isObject) : [];
  const index = retriers.findIndex((r) => meansError(r['ErrorEquals'], error));
  const retrier = retriers[index];
  if (!retrier) return undefined;
  thread.retries = retriers.map((_, i) => thread.retries[i] ?? 0);
  const attempts = thread.retries[index] ?? 0;
  if (attempts >= number(retrier['MaxAttempts'], 3)) return undefined;
  thread.retries[index] = attempts + 1;
  const grown = number(retrier['IntervalSeconds'], 1) * number(retrier['BackoffRate'], 2) ** attempts;
  const delay = Math.min(grown, number(retrier['MaxDelaySeconds'], Infinity));
  const share = retrier['JitterStrategy'] === 'FULL' ? nextRandom(run.execution.random) : 1;
  return run.now + Math.round(delay * share * 1000);
};
