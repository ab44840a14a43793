/** Requests as Linear Learner's endpoint takes them, read into dense rows. */
import * as z from 'zod';
import { ClientError } from '../algorithm.ts';
import { type CsvRows, readCsvRequest } from '../csv.ts';
import { didYouMean } from '../nearMiss.ts';

const dense = z.object({ values: z.array(z.number()), keys: z.undefined().optional() });
const sparse = z.object({
  keys: z.array(z.int().nonnegative()),
  shape: z.array(z.int().positive()).min(1),
  values: z.array(z.number()),
});
const instance = z.union([
  z.object({ features: z.array(z.number()) }),
  z.object({ data: z.object({ features: z.union([dense, sparse]) }) }),
]);
const envelope = z.object({ instances: z.array(instance).min(1) });

type Instance = z.infer<typeof instance>;

const shapes = '{"features": [1, 2]} or {"data": {"features": {"values": [1, 2]}}}';

const denseRow = (row: Instance, index: number, columns: number): readonly number[] => {
  if ('features' in row) return row.features;
  const { values, keys } = row.data.features;
  if (keys === undefined) return values;
  const wide = Array.from({ length: columns }, () => 0);
  const place = `Instance ${index + 1}`;
  if (keys.length !== values.length) {
    throw new ClientError(`${place} has ${keys.length} keys and ${values.length} values; expected as many.`);
  }
  for (const [at, key] of keys.entries()) {
    if (key >= columns) throw new ClientError(`${place} has key ${key}; the model has features 0 to ${columns - 1}.`);
    wide[key] = values[at]!;
  }
  return wide;
};

const toRows = (instances: readonly Instance[], columns: number): CsvRows => {
  const features = new Float32Array(instances.length * columns);
  for (const [index, row] of instances.entries()) {
    const values = denseRow(row, index, columns);
    if (values.length !== columns) {
      throw new ClientError(
        `Instance ${index + 1} has ${values.length} features; the model was trained with ${columns}.`,
      );
    }
    features.set(values, index * columns);
  }
  return { rows: instances.length, columns, features };
};

const parseJson = <T>(text: string, grammar: z.ZodType<T>, what: string, expected: string): T => {
  try {
    return grammar.parse(JSON.parse(text));
  } catch (cause) {
    throw new ClientError(`${what} is not valid JSON of the expected shape; expected ${expected}.`, { cause });
  }
};

const readJson = (body: string, columns: number): CsvRows =>
  toRows(parseJson(body, envelope, 'The request', `{"instances": [${shapes}, …]}`).instances, columns);

const readJsonLines = (body: string, columns: number): CsvRows => {
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new ClientError('The request has no rows.');
  return toRows(
    lines.map((line, index) => parseJson(line, instance, `Line ${index + 1} of the request`, shapes)),
    columns,
  );
};

const readCsv = (body: string, columns: number): CsvRows => {
  const rows = readCsvRequest(body, { missing: 'refuse' });
  if (rows.columns === columns) return rows;
  throw new ClientError(
    `The request has ${rows.columns} features a row; the model was trained with ${columns} (the label is left out).`,
  );
};

const readers: Readonly<Record<string, (body: string, columns: number) => CsvRows>> = {
  'text/csv': readCsv,
  'application/json': readJson,
  'application/jsonlines': readJsonLines,
};

/** The media type of a header, without its parameters. */
export const mediaType = (header: string): string => (header.split(';')[0] ?? '').trim().toLowerCase();

/** The rows of a request; ClientError with status 415 for a content type that is not read, 400 for a malformed body. */
export const readRequest = (body: string, contentType: string, columns: number): CsvRows => {
  const type = mediaType(contentType);
  const reader = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (reader) return reader(body, columns);
  const known = didYouMean(type, Object.keys(readers));
  if (type === 'application/x-recordio-protobuf') {
    throw new ClientError(
      `Content type ${type} is accepted by SageMaker but not implemented by the local predictor.${known}`,
      {
        status: 415,
      },
    );
  }
  throw new ClientError(`Content type "${contentType}" is not supported by linear-learner.${known}`, { status: 415 });
};
