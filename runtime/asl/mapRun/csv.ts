/**
 * CSV as ItemReader understands it: RFC 4180 with a choice of delimiters, and backslashes before quotes, delimiters and themselves;
 * before anything else they are left out. Every value is a text.
 */
import { mostCharacters, tooLong } from './text.ts';

export const delimiters: Readonly<Record<string, string>> = {
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  SPACE: ' ',
  TAB: '\t',
};

/** Takes a text in pieces and gives the rows that are complete; empty lines are skipped. */
const rowReader = (delimiter: string) => {
  let cells: string[] = [];
  let cell = '';
  let begun = false;
  let quoted = false;
  /** A quote inside quotes: the next character says whether it ends them. */
  let quote = false;
  let escaped = false;
  let length = 0;
  const endRow = (rows: string[][]) => {
    if (begun || cell !== '') rows.push([...cells, cell]);
    cells = [];
    cell = '';
    begun = false;
    escaped = false;
    length = 0;
  };
  return {
    take(text: string): string[][] {
      const rows: string[][] = [];
      /** Adds what stands from `at` to `to` to the cell. */
      const add = (to: number) => {
        cell += text.slice(at, to);
        length += to - at;
        at = to;
        if (length > mostCharacters) throw tooLong('row');
      };
      let at = 0;
      while (at < text.length) {
        const c = text[at] ?? '';
        if (escaped) {
          escaped = false;
          if (c === '\\' || c === '"' || c === delimiter) {
            add(at + 1);
            continue;
          }
        }
        if (quote) {
          quote = false;
          quoted = c === '"';
          if (quoted) {
            add(at + 1);
            continue;
          }
        }
        if (c === '\\') {
          escaped = true;
          at++;
        } else if (quoted) {
          let end = at;
          while (end < text.length && text[end] !== '"' && text[end] !== '\\') end++;
          add(end);
          quote = text[end] === '"';
          if (quote) at++;
        } else if (c === '"' && cell === '') {
          quoted = true;
          begun = true;
          at++;
        } else if (c === delimiter) {
          cells.push(cell);
          cell = '';
          begun = true;
          length++;
          at++;
        } else if (c === '\n' || c === '\r') {
          endRow(rows);
          at++;
        } else {
          let end = at + 1;
          for (; end < text.length; end++) {
            const next = text[end];
            if (next === delimiter || next === '\n' || next === '\r' || next === '\\') break;
          }
          add(end);
        }
      }
      return rows;
    },
    rest(): string[][] {
      const rows: string[][] = [];
      endRow(rows);
      return rows;
    },
  };
};

/** All headers together, in bytes. */
const headerLimit = 10 * 1024;

/** Items of a CSV text: cells without a header are dropped, missing ones are empty. */
export async function* csvItems(
  text: AsyncIterable<string>,
  headers: readonly string[] | undefined,
  delimiter: string,
): AsyncGenerator<Record<string, string>> {
  const reader = rowReader(delimiter);
  let names = headers;
  const itemsOf = function* (rows: readonly string[][]) {
    for (const row of rows) {
      if (names) yield Object.fromEntries(names.map((name, i) => [name, row[i] ?? '']));
      else names = checkHeaders(row);
    }
  };
  for await (const piece of text) yield* itemsOf(reader.take(piece));
  yield* itemsOf(reader.rest());
}

/** Throws where two columns have the same name. */
export const checkHeaders = (names: readonly string[]): readonly string[] => {
  if (new Set(names).size !== names.length) throw new Error('CSV headers cannot contain duplicates.');
  if (Buffer.byteLength(names.join('')) > headerLimit)
    throw new Error(`CSV headers cannot be larger than ${headerLimit} bytes.`);
  return names;
};
