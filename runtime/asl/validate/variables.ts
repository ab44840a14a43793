/** The names that states assign variables to: whether they are names, and free. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { QueryLanguage } from '../machine.ts';
import type { Report } from './diagnostic.ts';

const longest = 80;

/** Where a state assigns: itself, in its catchers and in its choice rules. */
const assignsOf = (state: JsonObject): (readonly [place: string, names: JsonObject])[] => {
  const inside = (field: 'Catch' | 'Choices') =>
    (Array.isArray(state[field]) ? state[field] : []).map((it, i): readonly [string, Json | undefined] => [
      `${field}[${i}]/Assign`,
      isObject(it) ? it['Assign'] : undefined,
    ]);
  return [['Assign', state['Assign']] as const, ...inside('Catch'), ...inside('Choices')].flatMap(([place, names]) =>
    isObject(names) ? [[place, names] as const] : [],
  );
};

const nameOf = (key: string, language: QueryLanguage) =>
  language === 'JSONPath' && key.endsWith('.$') ? key.slice(0, -2) : key;

/** Every variable that the states of a block assign, with those of the blocks around it. */
export const variablesIn = (
  states: JsonObject,
  outer: ReadonlySet<string>,
  languageOf: (state: JsonObject) => QueryLanguage,
): ReadonlySet<string> =>
  new Set([
    ...outer,
    ...Object.values(states)
      .filter(isObject)
      .flatMap((state) =>
        assignsOf(state).flatMap(([, names]) => Object.keys(names).map((key) => nameOf(key, languageOf(state)))),
      ),
  ]);

/** Reports names that are none, and those that a block around this one assigns already. */
export const checkVariables = (
  state: JsonObject,
  at: string,
  language: QueryLanguage,
  outer: ReadonlySet<string>,
  report: Report,
) => {
  for (const [place, names] of assignsOf(state)) {
    for (const key of Object.keys(names)) {
      const name = nameOf(key, language);
      const where = `${at}/${place}`;
      const invalid = `Invalid variable name '${name}': the variable name`;
      if (name === 'states') report(where, "Cannot assign to reserved variable '$states'.", 'RESERVED_VARIABLE_NAME');
      else if (name.length > longest)
        report(where, `${invalid} exceeds the ${longest}-character limit.`, 'INVALID_VARIABLE_NAME');
      else if (!/^\p{ID_Start}\p{ID_Continue}*$/u.test(name))
        report(where, `${invalid} contains invalid characters.`, 'INVALID_VARIABLE_NAME');
      else if (outer.has(name))
        report(where, `The variable name '${name}' was already defined in a parent scope.`, 'DUPLICATE_VARIABLE_NAME');
    }
  }
};
