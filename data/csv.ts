/** Delimited text in one pass over the stream, a window of it in memory; every bound is checked before more is read. */
import { InputError } from '../spec/errors.ts';
import { count } from './count.ts';
import { refuseOtherFormats } from './csv/refuse.ts';
import { type Layout, type Limits, rowReader, type RowReader, type RowSink, type Scanned } from './csv/rowReader.ts';
import { listed } from './quote.ts';
import { newCells, scan, scanRow } from './csv/scanRow.ts';
import { commonWidth, sniffDelimiter, sniffHeader } from './csv/sniff.ts';

export interface ReadOptions extends Partial<Limits> {
  /** The file, for messages. */
  name: string;
  /** Whether the first row names the columns; default: sniffed. */
  header?: boolean;
  /** Names of the columns of a file without header; default column_1, column_2, … */
  columns?: readonly string[];
  /** The one of `columns` that a file without header may leave out: the target of rows to predict. */
  mayLack?: string;
  maxBytes?: number;
}

const limitsOf = ({
  maxBytes = 64 * 1024 ** 3,
  maxRowBytes = 1024 ** 2,
  maxColumns = 10_000,
  maxRows = 2_000_000_000,
}: ReadOptions) => ({ maxBytes, maxRowBytes, maxColumns, maxRows });
const headBytes = 64 * 1024;

/** What is done with the rows of a file once its layout is known. */
export type OpenSink = (layout: Layout) => RowSink;

/** Reads a whole file row by row. Throws InputError for everything that is wrong with it; an error of `source` passes through. */
export const scanCsv = async (
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions,
  open: OpenSink,
): Promise<Scanned> => {
  const limits = { ...options, ...limitsOf(options) };
  const { name } = options;
  let bytes = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let reader: RowReader | undefined;
  const take = (last: boolean) => {
    const window = waiting.length === 1 ? (waiting[0] ?? new Uint8Array()) : concat(waiting, waitingBytes);
    if (!reader) {
      const layout = layoutOf(window, last, limits);
      if (layout) reader = rowReader(layout, limits, open(layout));
    }
    const rest = reader ? reader.read(window, last) : window;
    waiting = rest.length > 0 ? [rest] : [];
    waitingBytes = rest.length;
  };
  let due = headBytes;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > limits.maxBytes)
      throw new InputError({
        what: `${name} is larger than ${limits.maxBytes} bytes`,
        todo: 'Take a sample of the rows, or leave out columns',
      });
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (waitingBytes < due) continue;
    take(false);
    // A long row is looked at again only when twice as much of it is there, so that the work stays linear.
    due = Math.max(headBytes, waitingBytes * 2);
  }
  take(true);
  if (!reader) throw emptyFile(name);
  return { ...reader.finish(), bytes };
};

const concat = (chunks: readonly Uint8Array[], length: number) => {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
};

const emptyFile = (name: string) =>
  new InputError({ what: `${name} is empty`, expected: 'a CSV file with rows', todo: 'Put in the data and try again' });

type Settings = ReadOptions & ReturnType<typeof limitsOf>;

const alternatives = (columns: readonly string[], mayLack?: string) => [
  columns,
  columns.filter((column) => column !== mayLack),
];

/** How the file is to be read, told from its first bytes; `undefined` as long as there is no whole row. */
export const layoutOf = (head: Uint8Array, last: boolean, options: ReadOptions): Layout | undefined => {
  const limits = { ...options, ...limitsOf(options) };
  const { name, maxRowBytes, maxColumns } = limits;
  refuseOtherFormats(name, head);
  const mark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  const text = head.subarray(mark);
  if (last && text.every((byte) => byte === 9 || byte === 10 || byte === 13 || byte === 32)) throw emptyFile(name);
  const { delimiter, sample } = sniffDelimiter(text, last, maxColumns);
  const [first] = sample;
  if (!first) {
    // A row that is refused, not only unfinished: reading it says why.
    if (
      !last &&
      head.length <= maxRowBytes &&
      scanRow(text, 0, last, delimiter.charCodeAt(0), newCells(maxColumns)) === scan.incomplete
    )
      return undefined;
    return { name, delimiter, header: false, mark, names: [] };
  }
  const header = limits.header ?? sniffHeader(sample, limits.columns);
  const { width } = commonWidth(sample);
  if (first.length !== width && sample.length > 2 && sample.slice(1).every((row) => row.length === width))
    throw new InputError({
      what: `${name} has ${count(first.length, 'cell')} in its first row and ${width} in the rows below`,
      where: 'line 1',
      expected: `${count(width, 'cell')} in every row`,
      todo: 'Remove a comment line, or complete the header',
    });
  return { name, delimiter, header, mark, names: columnNames(first, header, limits) };
};

const columnNames = (first: readonly string[], header: boolean, { name, columns, mayLack }: Settings) => {
  const given = columns && alternatives(columns, mayLack).find(({ length }) => length === first.length);
  if (!header && columns && !given)
    throw new InputError({
      what: `${name} has ${count(first.length, 'cell')} in its first row`,
      where: 'line 1',
      expected: `the ${count(columns.length, 'column')} ${listed(columns)}`,
      todo: 'Send the columns of the training file in the same order, or a header line',
    });
  const numbered = (_: string, index: number) => `column_${index + 1}`;
  const names = header ? first.map((cell, index) => cell || numbered(cell, index)) : (given ?? first.map(numbered));
  const seen = new Set<string>();
  const twice = names.find((column) => seen.size === seen.add(column).size);
  if (twice !== undefined)
    throw new InputError({
      what: `${name} has more than one column named ${twice}`,
      where: `line 1, columns ${names.flatMap((column, index) => (column === twice ? [index + 1] : [])).join(' and ')}`,
      expected: 'a different name for every column',
      todo: 'Rename or remove one of them',
    });
  return names;
};
