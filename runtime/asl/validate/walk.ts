import { isObject, type Json, type JsonObject } from '../json.ts';
import type { QueryLanguage } from '../machine.ts';

/** A state of a definition with its place, `/States/X`, and its query language. */
export interface Placed {
  state: JsonObject;
  at: string;
  language: QueryLanguage;
}

/** Every state of a machine, or of a block in one, those inside others after them. */
export function* statesIn(block: Json | undefined, at = '', language: QueryLanguage = 'JSONPath'): Generator<Placed> {
  if (!isObject(block)) return;
  const own = block['QueryLanguage'] === 'JSONata' ? 'JSONata' : language;
  for (const [name, state] of Object.entries(isObject(block['States']) ? block['States'] : {})) {
    if (!isObject(state)) continue;
    const place = `${at}/States/${name}`;
    yield { state, at: place, language: state['QueryLanguage'] === 'JSONata' ? 'JSONata' : own };
    for (const field of ['ItemProcessor', 'Iterator']) yield* statesIn(state[field], `${place}/${field}`, own);
    const branches = Array.isArray(state['Branches']) ? state['Branches'] : [];
    for (const [i, branch] of branches.entries()) yield* statesIn(branch, `${place}/Branches[${i}]`, own);
  }
}
