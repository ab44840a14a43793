/** Where states lead: every target exists, every state is reached, and the machine can end. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { Report } from './diagnostic.ts';

const code = 'MISSING_TRANSITION_TARGET';

const targetsOf = (state: JsonObject): (readonly [field: string, target: Json])[] => {
  const rules = (field: 'Choices' | 'Catch') =>
    (Array.isArray(state[field]) ? state[field] : []).flatMap((rule, i) =>
      isObject(rule) && rule['Next'] !== undefined ? [[`${field}[${i}]/Next`, rule['Next']] as const] : [],
    );
  return [
    ...(state['Next'] !== undefined ? [['Next', state['Next']] as const] : []),
    ...(state['Default'] !== undefined ? [['Default', state['Default']] as const] : []),
    ...rules('Choices'),
    ...rules('Catch'),
  ];
};

const isTerminal = (state: Json) =>
  isObject(state) && (state['End'] === true || state['Type'] === 'Succeed' || state['Type'] === 'Fail');

const reachedFrom = (states: JsonObject, startAt: string): ReadonlySet<string> => {
  const reached = new Set<string>();
  const queue = [startAt];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const state = Object.hasOwn(states, name) ? states[name] : undefined;
    if (!isObject(state) || reached.has(name)) continue;
    reached.add(name);
    for (const [, target] of targetsOf(state)) if (typeof target === 'string') queue.push(target);
  }
  return reached;
};

/** Checks the states of one block, which stands at `at` (`''` for the machine itself). */
export const checkTransitions = (states: JsonObject, startAt: string, at: string, report: Report) => {
  const lead = (place: string, target: Json) => {
    if (typeof target === 'string' && Object.hasOwn(states, target)) return;
    // AWS speaks of 'Next' wherever the target is named.
    report(place, `Missing 'Next' target: ${typeof target === 'string' ? target : JSON.stringify(target)}`, code);
  };
  lead(`${at}/StartAt`, startAt);
  for (const [name, state] of Object.entries(states)) {
    if (!isObject(state)) continue;
    for (const [field, target] of targetsOf(state)) lead(`${at}/States/${name}/${field}`, target);
  }
  // Only the machine itself is asked for an end, and without one nothing is said of what cannot be reached.
  if (at === '' && !Object.values(states).some(isTerminal)) {
    report(undefined, 'Workflow has no terminal state', 'MISSING_END_STATE');
    return;
  }
  const reached = reachedFrom(states, startAt);
  for (const name of Object.keys(states))
    if (!reached.has(name)) report(`${at}/States/${name}`, `State "${name}" is not reachable.`, code);
};
