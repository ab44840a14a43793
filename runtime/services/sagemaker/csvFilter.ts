/** The part of DataProcessing's JSONPath that picks columns of CSV records: `$`, `$[2]`, `$[1:]`, `$[:-1]`, `$[0,2]`. */

/** Picks columns of one record's fields. */
export type ColumnFilter = (fields: readonly string[]) => readonly string[];

const integer = (text: string): number | undefined => (text === '' ? undefined : Number(text));

/** A filter for the path, or undefined when the path is none of the supported forms. */
export const columnFilter = (path: string): ColumnFilter | undefined => {
  if (path === '$') return (fields) => fields;
  const [, inside] = /^\$\[(.+)\]$/.exec(path.replace(/\s/g, '')) ?? [];
  if (inside === undefined) return undefined;
  const [range, from = '', to = ''] = /^(-?\d*):(-?\d*)$/.exec(inside) ?? [];
  if (range !== undefined) return (fields) => fields.slice(integer(from), integer(to));
  if (!/^-?\d+(,-?\d+)*$/.test(inside)) return undefined;
  const picked = inside.split(',').map(Number);
  return (fields) => picked.flatMap((i) => fields.at(i) ?? []);
};

/** The fields of a record as they are written, quotes included; a comma within quotes separates nothing. */
export const splitFields = (record: string): string[] => {
  if (!record.includes('"')) return record.split(',');
  const fields: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < record.length; at += 1) {
    const char = record[at];
    if (char === '"') quoted = !quoted;
    else if (char === ',' && !quoted) {
      fields.push(record.slice(start, at));
      start = at + 1;
    }
  }
  fields.push(record.slice(start));
  return fields;
};
