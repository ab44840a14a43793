import { queryError, runtimeError, StatesError } from '../errors.ts';
import { exitThrough, fill, rootsOf, selectPath, usesJsonata } from '../fields.ts';
import { follow } from '../jsonpath/evaluate.ts';
import { parsePath } from '../jsonpath/parse.ts';
import { shown, type Json } from '../json.ts';
import { checkType } from '../jsonata/evaluate.ts';
import type { Later } from '../later.ts';
import type { StateDefinition } from '../machine.ts';
import { issue, type Run, type StateKind } from '../run.ts';
import type { Thread } from '../execution.ts';
import { parseTimestamp } from '../timestamp.ts';

/** Longest wait (seconds): AWS counts in 31 bits. */
const longestWait = 2 ** 31 - 1;

/** The value of SecondsPath or TimestampPath. */
const atPath = (run: Run, thread: Thread, state: StateDefinition, field: string, path: string): Json => {
  const input = selectPath(state['InputPath'], rootsOf(run, thread, thread.input));
  const found = follow(parsePath(path), rootsOf(run, thread, input));
  if (found.found) return found.value;
  throw runtimeError(`The ${field} parameter does not reference an input value: ${path}`);
};

const seconds = (value: Json, about: (what: string) => StatesError): number => {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw about('cannot be parsed as a long value');
  if (value < 0) throw about('references a negative value');
  return value;
};

/** A text of digits is as good as a number. */
const long = (value: Json) => (typeof value === 'string' && /^[+-]?\d+$/.test(value) ? Number(value) : value);

/** When the wait is over (epoch ms). */
function* until(run: Run, thread: Thread, state: StateDefinition): Later<number> {
  const { SecondsPath: secondsPath, TimestampPath: timestampPath } = state;
  if (typeof secondsPath === 'string') {
    const value = atPath(run, thread, state, 'SecondsPath', secondsPath);
    const about = (what: string) =>
      runtimeError(`The SecondsPath parameter ${what}: ${secondsPath} == ${shown(value)}`);
    return run.now + seconds(long(value), about) * 1000;
  }
  if (typeof timestampPath === 'string') {
    const value = atPath(run, thread, state, 'TimestampPath', timestampPath);
    const at = parseTimestamp(value);
    if (at !== undefined) return at;
    throw runtimeError(
      `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${timestampPath} == ${shown(value)}`,
    );
  }
  const jsonata = usesJsonata(run, state);
  if (state['Seconds'] !== undefined) {
    const value = jsonata ? yield* fill(run, thread, state['Seconds'], 'Seconds') : state['Seconds'];
    if (jsonata) checkType(state['Seconds'], 'Seconds', value, 'number');
    const about = (what: string) => queryError(`The Seconds field ${what}: ${JSON.stringify(value)}`, 'Seconds');
    return run.now + seconds(value, about) * 1000;
  }
  const value = jsonata
    ? yield* fill(run, thread, state['Timestamp'] ?? null, 'Timestamp')
    : (state['Timestamp'] ?? null);
  if (jsonata) checkType(state['Timestamp'] ?? null, 'Timestamp', value, 'string');
  const at = parseTimestamp(value);
  if (at !== undefined) return at;
  throw queryError(
    `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${shown(value)}`,
    'Timestamp',
  );
}

export const wait: StateKind = {
  *begin(run, thread, state) {
    const at = yield* until(run, thread, state);
    if (at - run.now > longestWait * 1000) throw runtimeError('Wait state delay is too long.');
    issue(run, { kind: 'alarm', id: thread.entered.event, thread: thread.id, at: Math.max(at, run.now) });
    return undefined;
  },
  *resume(run, thread, state) {
    const input = selectPath(state['InputPath'], rootsOf(run, thread, thread.input));
    return yield* exitThrough(run, thread, state, input);
  },
};
