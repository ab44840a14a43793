/** JSON lines: one object a line, its keys the columns. Keys that a line lacks are missing there; nothing may be nested. */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { InputError } from '../../spec/errors.ts';
import { newCells } from '../csv/scanRow.ts';
import type { Engine } from '../engine.ts';
import { shown } from '../quote.ts';
import { ingestNormalised, type IngestCsvOptions, type IngestedCsv } from './ingestCsv.ts';
import { normaliser } from './normalise.ts';

const maxColumns = 10_000;
const maxLineBytes = 2 ** 20;

/** Columns come in the order in which their keys first appear. Throws InputError naming the line and the key. */
export const ingestJsonLines = async (
  engine: Engine,
  from: string,
  to: string,
  options: IngestCsvOptions,
): Promise<IngestedCsv> => {
  const { name } = options;
  const places = new Map<string, number>();
  for await (const { cells, line } of objectsIn(engine.path(from), name))
    for (const key of cells.keys())
      if (!places.has(key)) {
        if (places.size === maxColumns)
          throw new InputError({ what: `${name} has more than ${maxColumns} different keys`, where: `line ${line}` });
        places.set(key, places.size);
      }
  if (places.size === 0)
    throw new InputError({
      what: `${name} has no keys`,
      expected: 'objects with a key for every column',
      todo: 'Put in the data',
    });
  return ingestNormalised(engine, to, options, async (file) => {
    const sink = normaliser(file, places.size, options);
    const cells = newCells(places.size);
    cells.count = places.size;
    let rows = 0;
    for await (const { cells: own, line } of objectsIn(engine.path(from), name)) {
      const texts = Array.from(places.keys(), (key) => Buffer.from(own.get(key) ?? ''));
      let at = 0;
      for (const [place, text] of texts.entries()) {
        cells.starts[place] = at;
        at += text.length;
        cells.ends[place] = at;
      }
      sink.row(Buffer.concat(texts), cells, line);
      rows++;
    }
    return { names: [...places.keys()], layout: { delimiter: '', header: true }, rows, seen: sink.finish() };
  });
};

async function* objectsIn(path: string, name: string) {
  for await (const { bytes, line } of linesIn(path, name)) {
    if (!isUtf8(bytes)) throw refused(name, line, 'is not valid UTF-8');
    const text = bytes.toString('utf8');
    // A byte order mark counts as a blank.
    if (text.trim() !== '') yield { cells: cellsOf(parse(text.trim(), name, line), name, line), line };
  }
}

/** Lines end with a line feed: other line breaks may stand inside of texts. */
async function* linesIn(path: string, name: string) {
  let rest: Buffer = Buffer.alloc(0);
  let line = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    const window = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let start = 0;
    for (let end = window.indexOf(10); end >= 0; end = window.indexOf(10, start)) {
      yield { bytes: window.subarray(start, end), line: ++line };
      start = end + 1;
    }
    rest = window.subarray(start);
    if (rest.length > maxLineBytes) throw refused(name, line + 1, `has a line of more than ${maxLineBytes} bytes`);
  }
  yield { bytes: rest, line: line + 1 };
}

const refused = (name: string, line: number, what: string, cause?: unknown) =>
  new InputError(
    {
      what: `${name} ${what}`,
      where: `line ${line}`,
      expected: 'JSON lines: one object such as {"age": 39, "city": "Bonn"} in every line',
      todo: 'Write every object on a line of its own, without brackets and commas around them',
    },
    { cause },
  );

const parse = (text: string, name: string, line: number): object => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refused(name, line, 'holds something that is not JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused(name, line, `holds ${Array.isArray(value) ? 'an array' : 'a single value'} instead of an object`);
  return value;
};

/** Texts of the cells by key, without blanks around them; null is missing. */
const cellsOf = (object: object, name: string, line: number) =>
  new Map(
    Object.entries(object).map(([key, value]: [string, unknown]) => {
      if (typeof value === 'object' && value !== null)
        throw new InputError({
          what: `${name} holds ${Array.isArray(value) ? 'an array' : 'an object'} in ${shown(key)}`,
          where: `line ${line}`,
          expected: 'texts, numbers, true, false or null',
          todo: 'Write its members as keys of their own',
        });
      if (key.trim() === '') throw new InputError({ what: `${name} has a key without a name`, where: `line ${line}` });
      return [key, textOf(value).replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')];
    }),
  );

const textOf = (value: unknown) => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
};
