/** What cannot be a CSV file in UTF-8, recognised by its first bytes or by a byte no text holds. */
import { isUtf8 } from 'node:buffer';
import { InputError } from '../../spec/errors.ts';

const expected = 'a CSV file in UTF-8: rows of cells separated by a comma, semicolon, tab or |';

const saveAsCsv = 'Open it where it came from and save it as CSV (UTF-8)';
const saveAsUtf8 = 'Save it as UTF-8: in Excel "CSV UTF-8 (comma delimited)", elsewhere `iconv -f utf-16 -t utf-8`';

const signatures: readonly { starts: readonly number[]; what: string; todo: string }[] = [
  { starts: [0xff, 0xfe], what: 'is UTF-16 text', todo: saveAsUtf8 },
  { starts: [0xfe, 0xff], what: 'is UTF-16 text', todo: saveAsUtf8 },
  { starts: [0x1f, 0x8b], what: 'is compressed with gzip', todo: 'Decompress it with gunzip' },
  { starts: [0x50, 0x4b, 0x03, 0x04], what: 'is a zip archive or an Excel workbook', todo: saveAsCsv },
  { starts: [0xd0, 0xcf, 0x11, 0xe0], what: 'is an old Excel workbook', todo: saveAsCsv },
  { starts: [0x50, 0x41, 0x52, 0x31], what: 'is a Parquet file', todo: 'Export it as CSV' },
  { starts: [0x25, 0x50, 0x44, 0x46], what: 'is a PDF document', todo: saveAsCsv },
];

/** Throws InputError when `head`, the first bytes of the file, shows another format. */
export const refuseOtherFormats = (name: string, head: Uint8Array) => {
  const match = signatures.find(({ starts }) => starts.every((byte, index) => head[index] === byte));
  if (match) throw new InputError({ what: `${name} ${match.what}`, expected, todo: match.todo });
  refuseNul(name, head, 0);
};

/** Throws InputError when a NUL byte shows binary data, or UTF-16 without its mark. */
export const refuseNul = (name: string, bytes: Uint8Array, offset: number) => {
  const nul = bytes.indexOf(0);
  if (nul < 0) return;
  const sample = bytes.subarray(0, 4096);
  const nuls = sample.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0);
  const [even, odd] = [0, 1].map((parity) => sample.some((byte, at) => byte === 0 && at % 2 === parity));
  const isUtf16 = offset === 0 && even !== odd && nuls > sample.length / 4;
  throw new InputError({
    what: isUtf16 ? `${name} is UTF-16 text` : `${name} is not text: it holds a zero byte`,
    where: `byte ${offset + nul + 1}`,
    expected,
    todo: isUtf16 ? saveAsUtf8 : saveAsCsv,
  });
};

/** Throws InputError, naming the line, when the bytes (whole rows, the first being `line`) are not UTF-8. */
export const refuseInvalidUtf8 = (name: string, bytes: Uint8Array, line: number) => {
  if (isUtf8(bytes)) return;
  let start = 0;
  for (let at = line; ; at++) {
    const feed = bytes.indexOf(10, start);
    const end = feed < 0 ? bytes.length : feed;
    if (feed < 0 || !isUtf8(bytes.subarray(start, end)))
      throw new InputError({
        what: `${name} is not valid UTF-8`,
        where: `line ${at}`,
        expected,
        todo: 'Save it as UTF-8; files in an old code page convert with `iconv -f windows-1252 -t utf-8`',
      });
    start = end + 1;
  }
};
