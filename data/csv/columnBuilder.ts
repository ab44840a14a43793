import { isMissingAt, numberAt } from '../cell.ts';
import type { Column } from '../table.ts';
import { Dictionary } from './dictionary.ts';

/**
 * Collects one column. It is numeric until a cell is neither a number nor missing; then it is text. Numbers seen before that
 * cell have lost their spelling (`007`), so the column reports `mixed` and the reader scans once more with `asText`.
 */
export class ColumnBuilder {
  /** A number came before the first text: the column must be read again as text. */
  mixed = false;
  /** The first row that holds `inf`, -1 for none. */
  infiniteRow = -1;
  private numbers = 0;
  private rows = 0;
  private values = new Float64Array(64);
  private codes = new Int32Array(0);
  private dictionary?: Dictionary;
  readonly name: string;

  constructor(name: string, asText = false) {
    this.name = name;
    if (asText) this.becomeText();
  }

  add(bytes: Uint8Array, start: number, end: number) {
    if (this.mixed) return;
    const row = this.rows++;
    if (this.dictionary) {
      if (row === this.codes.length) this.codes = doubled(this.codes, Int32Array);
      this.codes[row] = isMissingAt(bytes, start, end) ? -1 : this.dictionary.intern(bytes, start, end);
      return;
    }
    const value = numberAt(bytes, start, end);
    if (Number.isNaN(value) && !isMissingAt(bytes, start, end)) {
      this.rows = row;
      if (this.numbers > 0) this.mixed = true;
      else {
        this.becomeText();
        this.add(bytes, start, end);
      }
      return;
    }
    if (row === this.values.length) this.values = doubled(this.values, Float64Array);
    this.values[row] = value;
    if (!Number.isNaN(value)) this.numbers += 1;
    if (this.infiniteRow < 0 && (value === Infinity || value === -Infinity)) this.infiniteRow = row;
  }

  finish(): Column {
    const { name, rows, dictionary } = this;
    return dictionary
      ? { name, type: 'categorical', codes: this.codes.slice(0, rows), levels: dictionary.levels() }
      : { name, type: 'numeric', values: this.values.slice(0, rows) };
  }

  private becomeText() {
    this.infiniteRow = -1;
    this.dictionary = new Dictionary();
    this.codes = new Int32Array(Math.max(64, this.values.length)).fill(-1);
    this.values = new Float64Array(0);
  }
}

const doubled = <T extends Int32Array | Float64Array>(old: T, Kind: new (length: number) => T): T => {
  const larger = new Kind(Math.max(64, old.length * 2));
  larger.set(old);
  return larger;
};
