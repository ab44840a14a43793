/** Catchers: where a failed state goes on, and with what. */
import type { StatesError } from './errors.ts';
import type { Thread } from './execution.ts';
import { assign, fill, usesJsonata } from './fields.ts';
import { isObject, shown, type JsonObject } from './json.ts';
import type { Later } from './later.ts';
import type { StateDefinition } from './machine.ts';
import { placeAt } from './resultPath.ts';
import { meansError } from './retry.ts';
import type { Exit, Run } from './run.ts';

/** How a state is left by the catcher that means its error; undefined without one. `cause` is the text machines see. */
export function* caught(
  run: Run,
  thread: Thread,
  state: StateDefinition,
  error: StatesError,
  cause: string,
): Later<Exit | undefined> {
  const catchers: JsonObject[] = Array.isArray(state['Catch']) ? state['Catch'].filter(isObject) : [];
  const index = catchers.findIndex((c) => meansError(c['ErrorEquals'], error));
  const catcher = catchers[index];
  if (!catcher) return undefined;
  const errorOutput = { Error: error.error ?? '', Cause: cause };
  const next = shown(catcher['Next']);
  if (usesJsonata(run, state)) {
    const output =
      catcher['Output'] === undefined
        ? errorOutput
        : yield* fill(run, thread, catcher['Output'], `Catch[${index}]/Output`, { errorOutput });
    return {
      output,
      next,
      assigned: yield* assign(run, thread, catcher['Assign'], true, errorOutput, { errorOutput }, `Catch[${index}]/`),
    };
  }
  const assigned = yield* assign(run, thread, catcher['Assign'], false, errorOutput);
  return { output: placeAt(catcher['ResultPath'], thread.input, errorOutput), next, assigned };
}
