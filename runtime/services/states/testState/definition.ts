/** Which state of a definition is tried. */
import { isObject, type Json, type JsonObject } from '../../../asl/json.ts';
import { readMachine, type Machine, type StateDefinition } from '../../../asl/machine.ts';
import { AwsError } from '../../../operation.ts';
import { checkLanguage } from '../checkDefinition.ts';

/** AWS's name for a state that was given without one. */
const unnamed = 'StateName';

export interface Tested {
  machine: Machine;
  /** Where the state stands; see machine.ts. */
  scope: string;
  name: string;
  state: StateDefinition;
}

const targetsOf = (state: JsonObject): string[] => {
  const rules = [state['Choices'], state['Catch']].flatMap((list) =>
    Array.isArray(list) ? list.filter(isObject) : [],
  );
  return [state['Next'], state['Default'], ...rules.map((rule) => rule['Next'])].filter(
    (target) => typeof target === 'string',
  );
};

/** The state in a machine of its own, with stand-ins for those it leads to. */
const wrapped = (text: string): string => {
  let state: Json;
  try {
    state = JSON.parse(text) as Json;
  } catch {
    return text;
  }
  if (!isObject(state)) return text;
  const targets = targetsOf(state).map((target) => [target, { Type: 'Succeed' }]);
  const states: JsonObject = { ...Object.fromEntries(targets), [unnamed]: state };
  return JSON.stringify({ StartAt: unnamed, States: states });
};

/** Finds the state to be tried. Throws InvalidDefinition, or ValidationException when there is none of that name. */
export const testedState = (definition: string, stateName: string | undefined): Tested => {
  const text = stateName === undefined ? wrapped(definition) : definition;
  checkLanguage(text, 'STANDARD');
  const machine = readMachine(text);
  const name = stateName ?? unnamed;
  for (const [scope, { states }] of machine.blocks) {
    const state = Object.hasOwn(states, name) ? states[name] : undefined;
    if (state) return { machine, scope, name, state };
  }
  throw new AwsError('ValidationException', 'State not found in definition');
};
