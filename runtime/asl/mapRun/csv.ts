/** CSV as ItemReader understands it: RFC 4180 with a choice of delimiters; every value is a text. */

export const delimiters: Readonly<Record<string, string>> = {
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  SPACE: ' ',
  TAB: '\t',
};

/** Rows of cells; empty lines are skipped. */
export function* rowsOf(text: string, delimiter: string): Generator<string[]> {
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let begun = false;
  for (let i = 0; i <= text.length; i++) {
    const c = text[i];
    if (quoted && c !== undefined) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"' && cell === '') {
      quoted = true;
      begun = true;
    } else if (c === delimiter) {
      cells.push(cell);
      cell = '';
      begun = true;
    } else if (c === '\n' || c === '\r' || c === undefined) {
      if (begun || cell !== '') yield [...cells, cell];
      cells = [];
      cell = '';
      begun = false;
    } else cell += c;
  }
}

/** Items of a CSV text: cells without a header are dropped, missing ones are empty. */
export function* csvItems(text: string, headers: readonly string[] | undefined, delimiter: string) {
  let names = headers;
  for (const row of rowsOf(text, delimiter)) {
    if (names) {
      const known = names;
      yield Object.fromEntries(known.map((name, i) => [name, row[i] ?? '']));
    } else names = checkHeaders(row);
  }
}

/** Throws where two columns have the same name. */
export const checkHeaders = (names: readonly string[]): readonly string[] => {
  if (new Set(names).size !== names.length) throw new Error('CSV headers cannot contain duplicates.');
  return names;
};
