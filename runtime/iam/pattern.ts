/** Wildcard patterns of policies: `*` any text, `?` one character, `${key}` the value of a context key. */

const anyText = -1;
const anyCharacter = -2;

/** Character codes, or one of the two wildcards. */
export type Pattern = readonly number[];

const push = (codes: number[], text: string) => {
  for (let at = 0; at < text.length; at++) codes.push(text.charCodeAt(at));
};

/** What `${…}` stands for; undefined makes the whole pattern match nothing, as on AWS. */
export type Lookup = (key: string) => string | undefined;

const variable = /\$\{([^}]*)\}/y;

/** Undefined when the pattern has a variable that has no value. */
export const compile = (text: string, lookup: Lookup): Pattern | undefined => {
  const codes: number[] = [];
  for (let at = 0; at < text.length;) {
    variable.lastIndex = at;
    const [whole, key = ''] = variable.exec(text) ?? [];
    if (whole !== undefined) {
      // `${*}`, `${?}` and `${$}` are the characters themselves; a variable may have a default: `${key, 'text'}`.
      const [name = '', fallback] = key.split(/,\s*/);
      const value = /^[*?$]$/.test(key) ? key : (lookup(name) ?? /^'(.*)'$/.exec(fallback ?? '')?.[1]);
      if (value === undefined) return undefined;
      push(codes, value);
      at += whole.length;
      continue;
    }
    const character = text[at];
    codes.push(character === '*' ? anyText : character === '?' ? anyCharacter : text.charCodeAt(at));
    at++;
  }
  return codes;
};

/** Never backtracks further than to the last `*`, so a hostile pattern costs at most pattern × text. */
export const matches = (pattern: Pattern, text: string): boolean => {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    const code = pattern[p];
    if (code === anyText) {
      star = p++;
      mark = t;
    } else if (code === anyCharacter || (code !== undefined && code === text.charCodeAt(t))) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === anyText) p++;
  return p === pattern.length;
};
