/** UTF-16 with its byte order mark, as spreadsheets save "Unicode text", on its way to UTF-8. */
import { InputError } from '../../spec/errors.ts';

/** Passes everything on as it is but UTF-16, which becomes UTF-8 without a mark. Throws InputError where it is damaged. */
export async function* toUtf8(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let start: Uint8Array | undefined = new Uint8Array();
  const decode = (bytes?: Uint8Array) => {
    try {
      return Buffer.from(decoder?.decode(bytes, { stream: bytes !== undefined }) ?? '');
    } catch (cause) {
      throw new InputError(
        { what: `${name} is damaged UTF-16 text`, expected: 'whole characters', todo: 'Save it again, best as UTF-8' },
        { cause },
      );
    }
  };
  for await (const chunk of chunks) {
    if (!start) {
      yield decoder ? decode(chunk) : chunk;
      continue;
    }
    start = start.length > 0 ? Buffer.concat([start, chunk]) : chunk;
    if (start.length < 2) continue;
    const mark = (start[0]! << 8) | start[1]!;
    const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : undefined;
    if (encoding) decoder = new TextDecoder(encoding, { fatal: true });
    yield decoder ? decode(start) : start;
    start = undefined;
  }
  if (start && start.length > 0) yield start;
  if (decoder) yield decode();
}
