/**
 * Prepared rows as the algorithms read them: CSV without a header, the label first where there is one, features as `spell` writes
 * them. Rows come in the order of their hashes, shuffled and the same whatever the order of the drop, or as they lie in it.
 */
import type { DuckDBDataChunk, DuckDBDoubleVector, DuckDBUSmallIntVector } from '@duckdb/node-api';
import type { Engine } from './engine.ts';
import type { CompiledFeature } from './recipe/compiled.ts';
import { longestSpelling, spell, spellInto } from './spell.ts';
import { splitNames, splitView, type SplitName } from './split.ts';

/** Where the rows of a split go; the bytes are the receiver's to keep. */
export interface Channel {
  split: SplitName | 'all';
  /** `labels`: nothing but the label. */
  what: 'features' | 'labelled' | 'labels';
  write: (bytes: Uint8Array) => Promise<void> | void;
}

export interface WriteOptions {
  features: readonly CompiledFeature[];
  channels: readonly Channel[];
  /** A further condition for the rows, in SQL over `splitView`. */
  where?: string;
  /** `drop`: as they lie in the drop; default `hash`. */
  order?: 'hash' | 'drop';
}

const bufferBytes = 2 ** 20;

/** Writes all channels in one pass; answers the rows written to each. */
export const writeChannels = async (
  engine: Engine,
  { features, channels, where = 'true', order = 'hash' }: WriteOptions,
): Promise<number[]> => {
  const parts = splitNames.flatMap((name, place) => (channels.some(takes(name)) ? [place] : []));
  const columns = features.map(({ kind, sql }, place) =>
    kind === 'number' ? `(${sql})::DOUBLE AS f${place}` : `(${sql})::USMALLINT AS f${place}`,
  );
  const query = `SELECT part, y::DOUBLE AS y, ${columns.join(', ')} FROM ${splitView} WHERE part IN (${parts.join(', ')}) AND (${where})${order === 'hash' ? ' ORDER BY h' : ''}`;
  const writers = channels.map((channel) => rowWriter(channel, features));
  const byPart = splitNames.map((name) =>
    writers.filter((_, place) => channels.slice(place, place + 1).some(takes(name))),
  );
  for await (const chunk of engine.chunks(query)) {
    const read = columnsOf(chunk, features);
    const { rowCount } = chunk;
    for (let row = 0; row < rowCount; row++) for (const writer of byPart[read.parts[row]!]!) writer.add(row, read);
    for (const writer of writers) if (writer.full()) await writer.flush();
  }
  for (const writer of writers) await writer.flush();
  return writers.map(({ rows }) => rows);
};

const takes = (name: SplitName) => (channel: Channel) => channel.split === name || channel.split === 'all';

/** One chunk of the query, in typed arrays. */
interface ReadColumns {
  parts: Uint8Array;
  labels: Float64Array;
  features: readonly (Float64Array | Uint16Array)[];
}

// The query casts every column to the type that is read here.
const columnsOf = (chunk: DuckDBDataChunk, features: readonly CompiledFeature[]): ReadColumns => ({
  parts: (chunk.getColumnVector(0) as unknown as { items: Uint8Array }).items,
  labels: (chunk.getColumnVector(1) as unknown as { items: Float64Array }).items,
  features: features.map(
    ({ kind }, place) =>
      (kind === 'number'
        ? (chunk.getColumnVector(place + 2) as DuckDBDoubleVector as unknown as { items: Float64Array })
        : (chunk.getColumnVector(place + 2) as DuckDBUSmallIntVector as unknown as { items: Uint16Array })
      ).items,
  ),
});

const lineFeed = 10;
const comma = 44;

/** The bytes that the levels of a feature become. */
const piecesOf = (feature: CompiledFeature): readonly Uint8Array[] | undefined =>
  feature.kind === 'levels'
    ? feature.values.map((values) => Buffer.from(values.map((value) => spell(value)).join(','), 'latin1'))
    : undefined;

/** A label is a class number, or a value with all its digits. */
const labelSpeller = () => {
  const known = new Map<number, Uint8Array>();
  return (value: number): Uint8Array => {
    const kept = known.get(value);
    if (kept) return kept;
    const bytes = Buffer.from(String(value + 0), 'latin1');
    if (known.size < 4096) known.set(value, bytes);
    return bytes;
  };
};

const rowWriter = ({ what, write }: Channel, features: readonly CompiledFeature[]) => {
  const pieces = features.map(piecesOf);
  const spellLabel = labelSpeller();
  const widest = pieces.reduce(
    (sum, levels) =>
      sum + 1 + (levels ? levels.reduce((most, { length }) => Math.max(most, length), 0) : longestSpelling),
    longestSpelling + 1,
  );
  let buffer = new Uint8Array(bufferBytes + widest);
  let at = 0;
  const put = (bytes: Uint8Array) => {
    // For a few bytes a loop is faster than a call.
    if (bytes.length < 24) for (let i = 0; i < bytes.length; i++) buffer[at + i] = bytes[i]!;
    else buffer.set(bytes, at);
    at += bytes.length;
  };
  const writer = {
    rows: 0,
    /** Whether enough has gathered to be written. */
    full: () => at >= bufferBytes,
    add(row: number, { labels, features: columns }: ReadColumns) {
      writer.rows++;
      // One chunk may be more than the buffer was made for.
      if (at + widest > buffer.length) buffer = Buffer.concat([buffer], 2 * buffer.length);
      if (what !== 'features') put(spellLabel(labels[row]!));
      if (what !== 'labels')
        for (let place = 0; place < columns.length; place++) {
          const value = columns[place]![row]!;
          if (place > 0 || what === 'labelled') buffer[at++] = comma;
          const levels = pieces[place];
          if (levels) put(levels[value]!);
          else at = spellInto(value, buffer, at);
        }
      buffer[at++] = lineFeed;
    },
    async flush() {
      if (at === 0) return;
      const bytes = buffer.subarray(0, at);
      buffer = new Uint8Array(buffer.length);
      at = 0;
      await write(bytes);
    },
  };
  return writer;
};
