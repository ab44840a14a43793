/**
 * Prepared rows as the algorithms read them: CSV without a header, the label first where there is one, features as `spell` writes
 * them. Rows come in the order of their hashes, shuffled and the same whatever the order of the drop, or as they lie in it.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { Channel } from './channels/channel.ts';
import { type Chunk, rowWriter } from './channels/rowWriter.ts';
import { columnsOf } from './channels/texts.ts';
import type { Engine } from './engine.ts';
import type { CompiledFeature } from './recipe/compiled.ts';
import { splitNames, splitView, type SplitName } from './split.ts';

export type { Channel } from './channels/channel.ts';

export interface WriteOptions {
  features: readonly CompiledFeature[];
  channels: readonly Channel[];
  /** A further condition for the rows, in SQL over `splitView`. */
  where?: string;
  /** `drop`: as they lie in the drop; default `hash`. */
  order?: 'hash' | 'drop';
}

/** Writes all channels in one pass; answers the rows written to each. */
export const writeChannels = async (
  engine: Engine,
  { features, channels, where = 'true', order = 'hash' }: WriteOptions,
): Promise<number[]> => {
  const parts = splitNames.flatMap((name, place) => (channels.some(takes(name)) ? [place] : []));
  const columns = columnsOf(features);
  const selected = columns.map(({ sql }, place) => `${sql} AS f${place}`);
  const query = `SELECT part, y::DOUBLE AS y, ${selected.join(', ')} FROM ${splitView} WHERE part IN (${parts.join(', ')}) AND (${where})${order === 'hash' ? ' ORDER BY h' : ''}`;
  const writers = channels.map((channel) => rowWriter(channel, columns));
  const byPart = splitNames.map((name) =>
    writers.filter((_, place) => channels.slice(place, place + 1).some(takes(name))),
  );
  for await (const chunk of engine.chunks(query)) {
    const { parts: partOf, ...read } = arraysOf(chunk, columns.length);
    const { rowCount } = chunk;
    for (let row = 0; row < rowCount; row++) for (const writer of byPart[partOf[row]!]!) writer.add(row, read);
    for (const writer of writers) if (writer.full()) await writer.flush();
  }
  for (const writer of writers) await writer.end();
  return writers.map(({ rows }) => rows);
};

const takes = (name: SplitName) => (channel: Channel) => channel.split === name || channel.split === 'all';

// The query casts every column to the type that is read here.
const arraysOf = (chunk: DuckDBDataChunk, columns: number): Chunk & { parts: Uint8Array } => {
  const items = (place: number) => (chunk.getColumnVector(place) as unknown as { items: unknown }).items;
  return {
    parts: items(0) as Uint8Array,
    labels: items(1) as Float64Array,
    columns: Array.from({ length: columns }, (_, place) => items(place + 2) as Float64Array | Uint16Array),
  };
};
