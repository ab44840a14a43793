import type { Execution, Thread } from './execution.ts';
import type { Json, JsonObject } from './json.ts';

/** Bytes of all variables of an execution: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html */
const variablesLimit = 10 * 1024 * 1024;

/** Values are never changed in place, so each is measured once. */
const measured = new WeakMap<object, number>();

const sizeOf = (value: Json): number => {
  if (typeof value !== 'object' || value === null) return Buffer.byteLength(JSON.stringify(value));
  let size = measured.get(value);
  if (size === undefined) measured.set(value, (size = Buffer.byteLength(JSON.stringify(value))));
  return size;
};

const total = (variables: JsonObject): number =>
  Object.values(variables).reduce<number>((sum, it) => sum + sizeOf(it), 0);

/** Whether the execution may keep `variables` in the thread, beside those of its other threads. */
export const withinVariablesLimit = (execution: Execution, thread: Thread, variables: JsonObject): boolean => {
  let size = total(variables);
  for (const other of Object.values(execution.threads)) if (other !== thread) size += total(other.variables);
  return size <= variablesLimit;
};
