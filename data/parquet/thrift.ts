/** Thrift's compact protocol, as far as Parquet's metadata needs it (thrift-compact-protocol.md of Apache Thrift). */

export type Value =
  { i32: number } | { i64: number } | { text: string } | { struct: Fields } | { list: readonly Value[] };

/** By field number, ascending. */
export type Fields = Readonly<Record<number, Value | undefined>>;

const codes = { i32: 5, i64: 6, text: 8, list: 9, struct: 12 } as const;

const codeOf = (value: Value): number => {
  const [kind] = Object.keys(value) as (keyof typeof codes)[];
  return codes[kind!];
};

/** LEB128 of a whole number below 2⁵³. */
export const varint = (value: number): number[] => {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
};

/** The bytes of a struct. */
export const structBytes = (fields: Fields): Buffer => {
  const bytes: number[] = [];
  putStruct(bytes, fields);
  return Buffer.from(bytes);
};

const putStruct = (bytes: number[], fields: Fields) => {
  let last = 0;
  for (const [key, value] of Object.entries(fields)) {
    if (!value) continue;
    // Field numbers of Parquet are less than 15 apart.
    bytes.push(((Number(key) - last) << 4) | codeOf(value));
    put(bytes, value);
    last = Number(key);
  }
  bytes.push(0);
};

const put = (bytes: number[], value: Value) => {
  // Zigzag; none of Parquet's numbers that are written here is negative.
  if ('i32' in value) bytes.push(...varint(2 * value.i32));
  else if ('i64' in value) bytes.push(...varint(2 * value.i64));
  else if ('struct' in value) putStruct(bytes, value.struct);
  else if ('text' in value) bytes.push(...varint(Buffer.byteLength(value.text)), ...Buffer.from(value.text));
  else {
    const { list } = value;
    const type = list[0] ? codeOf(list[0]) : codes.i32;
    bytes.push(...(list.length < 15 ? [(list.length << 4) | type] : [0xf0 | type, ...varint(list.length)]));
    for (const item of list) put(bytes, item);
  }
};
