/**
 * Prepared rows as the algorithms read them: CSV without a header, the label first where there is one, features as `spell` writes
 * them. Rows come in the order of their hashes, shuffled and the same whatever the order of the drop, or as they lie in it.
 */
import { createArena } from '../algorithms/wasm/arena.ts';
import { arraysOf } from './arraysOf.ts';
import type { Channel } from './channels/channel.ts';
import { type BlockPlan, type Label, planBlock, rowBlock, type Selected, spaceOfTexts } from './channels/rowBlock.ts';
import { rowKernel } from './channels/rowKernel.ts';
import { rowWriter, writerBytes } from './channels/rowWriter.ts';
import { columnsOf } from './channels/texts.ts';
import type { Engine } from './engine.ts';
import type { CompiledFeature } from './recipe/compiled.ts';
import { splitNames, splitView, type SplitName } from './split.ts';

export type { Channel } from './channels/channel.ts';

export interface WriteOptions {
  features: readonly CompiledFeature[];
  channels: readonly Channel[];
  /** How many classes the labels are; by default they are values. Weights need them. */
  classes?: number | undefined;
  /** A further condition for the rows, in SQL over `splitView`. */
  where?: string;
  /** `drop`: as they lie in the drop; default `hash`. */
  order?: 'hash' | 'drop';
}

export interface Written {
  /** By channel. */
  rows: number[];
  /** Of rows in the order of their hashes, those that are equal to an earlier one. */
  duplicates: number;
}

/** Writes all channels in one pass. */
export const writeChannels = async (
  engine: Engine,
  { features, channels, classes, where = 'true', order = 'hash' }: WriteOptions,
): Promise<Written> => {
  const isLabelled = channels.some(({ what }) => what !== 'features');
  const label: Label = isLabelled ? (classes ?? 'value') : 'none';
  const plan = planBlock(columnsOf(features), label);
  const parts = splitNames.flatMap((name, place) => (channels.some((channel) => takes(channel, name)) ? [place] : []));
  const isByHash = order === 'hash';
  const selected = [...plan.sql.map((sql, place) => `${sql} AS f${place}`), ...(isByHash ? ['h'] : [])];
  const query = `SELECT ${selected.join(', ')} FROM ${splitView} WHERE part IN (${parts.join(', ')}) AND (${where})${isByHash ? ' ORDER BY h' : ''}`;
  const duplicates = duplicateCount();
  const { block, writers } = openWriters(plan, channels);
  for await (const chunk of engine.chunks(query)) {
    const read = arraysOf<Selected[number]>(chunk);
    if (isByHash) duplicates.see(read.at(-1)!, chunk.rowCount);
    for (let from = 0; from < chunk.rowCount; from += block.rows) {
      const to = Math.min(chunk.rowCount, from + block.rows);
      block.load(read, from, to);
      for (const writer of writers) await writer.add(to - from);
    }
  }
  for (const writer of writers) await writer.end();
  return { rows: writers.map(({ rows }) => rows()), duplicates: duplicates.count() };
};

/** Rows whose hash comes again, piece by piece in their order. */
const duplicateCount = () => {
  let count = 0;
  // The halves of a hash: a number of 64 bits would be made for each row.
  let [low, high] = [-1, -1];
  return {
    see({ buffer, byteOffset }: Selected[number], rows: number) {
      const halves = new Uint32Array(buffer, byteOffset, 2 * rows);
      for (let half = 0; half < halves.length; half += 2) {
        const [nextLow, nextHigh] = [halves[half]!, halves[half + 1]!];
        if (nextLow === low && nextHigh === high) count++;
        low = nextLow;
        high = nextHigh;
      }
    },
    count: () => count,
  };
};

const openWriters = (plan: BlockPlan, channels: readonly Channel[]) => {
  const labels = channels.map((channel) => labelTexts(plan.label, channel));
  const columns = plan.columns.length + 1;
  const arena = createArena(
    plan.bytes + labels.reduce((sum, texts) => sum + spaceOfTexts(texts) + writerBytes(columns, plan.widest), 0),
  );
  const addRows = rowKernel(arena);
  const block = rowBlock(arena, plan);
  const writers = channels.map((channel, place) =>
    rowWriter(arena, addRows, {
      parts: block.parts,
      wanted: splitNames.reduce((bits, name, part) => bits | (takes(channel, name) ? 1 << part : 0), 0),
      columns: [
        ...(channel.what === 'features' ? [] : [block.labels(labels[place]!)]),
        ...(channel.what === 'labels' ? [] : block.features),
      ],
      widest: plan.widest,
      write: channel.write,
    }),
  );
  return { block, writers };
};

/** A class is its number, its weight behind it where classes are weighed. */
const labelTexts = (label: Label, { what, weights }: Channel) => {
  if (what === 'features') return [];
  if (typeof label !== 'number') {
    if (weights) throw new RangeError('Weights are those of classes, of which nothing is said');
    return [];
  }
  return Array.from({ length: label }, (_, place) => (weights ? `${place},${weights[place]},` : `${place},`));
};

const takes = ({ split }: Channel, name: SplitName) => split === name || split === 'all';
