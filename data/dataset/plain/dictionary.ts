/** The values that the numbered texts of a column stand for: different texts may say the same (`1` and `1.0`, `a` and ` a`). */
import type { DatasetColumn } from '../columns.ts';
import { noPlace, type Dictionary } from './pages.ts';

/** By number: the text without blanks (a character for each byte), and the number that it is, NaN for none. */
export interface Known {
  texts: string[];
  numbers: number[];
}

export const dictionaryOf = (known: Known, isNone: (text: string) => boolean) => {
  let places = new Uint16Array(64);
  const found = new Map<string | number, number>();
  let upto = 0;
  let hasMissing = false;
  let isPlace = true;
  let values: Uint8Array | undefined;
  return {
    /** Takes over what has become known since. */
    extend(type: DatasetColumn['type']): Dictionary {
      if (places.length < known.texts.length) {
        const longer = new Uint16Array(2 * known.texts.length);
        longer.set(places);
        places = longer;
      }
      for (; upto < known.texts.length; upto++) {
        const text = known.texts[upto]!;
        if (isNone(text)) {
          places[upto] = noPlace;
          hasMissing = true;
          isPlace = false;
          continue;
        }
        const value = type === 'numeric' ? known.numbers[upto]! : text;
        let place = found.get(value);
        if (place === undefined) {
          place = found.size;
          found.set(value, place);
          values = undefined;
        }
        places[upto] = place;
        isPlace &&= place === upto;
      }
      values ??= plainly([...found.keys()], type);
      return { places, isPlace, hasMissing, values, count: found.size };
    },
  };
};

/** In Parquet's plain encoding: doubles, or texts with their lengths before them. */
const plainly = (values: readonly (string | number)[], type: DatasetColumn['type']): Uint8Array => {
  if (type === 'numeric') return new Uint8Array(Float64Array.from(values as readonly number[]).buffer);
  return Buffer.concat(
    (values as readonly string[]).flatMap((text) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(text.length);
      return [length, Buffer.from(text, 'latin1')];
    }),
  );
};
