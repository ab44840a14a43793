/** The features of a few values as the texts that they become, ready to be copied; a comma ends each feature. */
import type { CompiledFeature } from '../recipe/compiled.ts';
import { spell } from '../spell.ts';
import { mostPlaces } from './lanes.ts';

/** What a query selects for neighbouring features: an expression, which is the number itself or, where there are texts, the place of one of these. */
export interface Column {
  sql: string;
  texts?: readonly string[];
}

/** Neighbours share a text as long as it is one of so many, in so many bytes: they have to stay in the processor's cache. */
const mostTexts = 2048;
const mostBytes = 2 ** 17;
/** Of all columns together. */
const mostBytesInAll = 2 ** 23;

type Levels = { sql: string; texts: readonly string[] };

/** Features as few columns: neighbours of few values become one, whose texts are those of both. */
export const columnsOf = (features: readonly CompiledFeature[]): Column[] => {
  const columns: Column[] = [];
  let open: Levels | undefined;
  const most = Math.min(mostBytes, mostBytesInAll / features.length);
  const close = () => {
    if (open && open.texts.length > mostPlaces)
      throw new RangeError(`${open.texts.length} levels do not fit into a lane`);
    if (open) columns.push(open);
    open = undefined;
  };
  for (const feature of features) {
    if (feature.kind === 'number') {
      close();
      columns.push({ sql: feature.sql });
      continue;
    }
    const { sql } = feature;
    const own = { sql, texts: feature.values.map((values) => values.map((value) => `${spell(value)},`).join('')) };
    const both: Levels | undefined = open && join(open, own, most);
    if (!both) close();
    open = both ?? own;
  }
  close();
  return columns;
};

const join = (first: Levels, second: Levels, most: number): Levels | undefined => {
  const count = first.texts.length * second.texts.length;
  const bytes = bytesOf(first) * second.texts.length + bytesOf(second) * first.texts.length;
  if (count > mostTexts || bytes > most) return undefined;
  return {
    sql: `(${first.sql}) * ${second.texts.length} + (${second.sql})`,
    texts: first.texts.flatMap((before) => second.texts.map((after) => before + after)),
  };
};

const bytesOf = ({ texts }: Levels) => texts.reduce((sum, { length }) => sum + length, 0);
