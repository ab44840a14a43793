/** One input object through a model: split → batch → invoke → assemble. Records keep their order. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { columnFilter, splitFields } from './csvFilter.ts';
import { JobFailure } from './failures.ts';
import type { Reply } from './modelServer.ts';
import type { TransformJob } from './transformJob.ts';

/** What one request carries: the records as they came, and as the model gets them. */
interface Batch {
  records: readonly string[];
  body: Uint8Array;
}

/** Answers a request of the model; throws JobFailure when it cannot. */
export type Ask = (body: Uint8Array) => Promise<Reply>;

const megabyte = 1024 * 1024;

const payloadLimit = ({ MaxPayloadInMB = 6 }: TransformJob): number => MaxPayloadInMB * megabyte;

const tooLarge = (size: number, limit: number) =>
  new JobFailure(`ClientError: a record of ${size} bytes is larger than MaxPayloadInMB allows (${limit} bytes)`);

async function* wholeObject(stream: Readable, limit: number): AsyncGenerator<Batch> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > limit) throw tooLarge(size, limit);
    chunks.push(chunk);
  }
  const body = new Uint8Array(Buffer.concat(chunks));
  yield { records: [Buffer.from(body).toString()], body };
}

async function* lines(stream: Readable, job: TransformJob, limit: number): AsyncGenerator<Batch> {
  const filter = columnFilter(job.DataProcessing?.InputFilter ?? '$');
  const filters = (job.DataProcessing?.InputFilter ?? '$') !== '$' && filter;
  const single = job.BatchStrategy === 'SingleRecord';
  let records: string[] = [];
  let sent: string[] = [];
  let size = 0;
  const batch = (): Batch => ({ records, body: new TextEncoder().encode(`${sent.join('\n')}\n`) });
  for await (const record of createInterface({ input: stream, crlfDelay: Infinity })) {
    if (record === '') continue;
    const text = filters ? filters(splitFields(record)).join(',') : record;
    const length = Buffer.byteLength(text) + 1;
    if (length > limit) throw tooLarge(length, limit);
    if (records.length > 0 && (single || size + length > limit)) {
      yield batch();
      [records, sent, size] = [[], [], 0];
    }
    records.push(record);
    sent.push(text);
    size += length;
  }
  if (records.length > 0) yield batch();
}

/** Input columns and answer columns of one record, as OutputFilter wants them. */
const joined = (job: TransformJob, records: readonly string[], answer: string): string => {
  const { JoinSource = 'None', OutputFilter = '$' } = job.DataProcessing ?? {};
  if (JoinSource === 'None' && OutputFilter === '$') return answer;
  const answers = answer.replace(/\r?\n$/, '').split(/\r?\n/);
  if (answers.length !== records.length)
    throw new JobFailure(
      `ClientError: the model answered ${answers.length} lines for ${records.length} records; they cannot be joined`,
    );
  const filter = columnFilter(OutputFilter) ?? ((fields) => fields);
  return answers
    .map((line, i) => (JoinSource === 'Input' ? `${records[i]},${line}` : line))
    .map((line) => filter(splitFields(line)).join(','))
    .join('\n');
};

/** Transforms `input` into the file at `path`. Throws JobFailure. */
export const transformObject = async (
  job: TransformJob,
  input: AsyncIterable<Uint8Array>,
  ask: Ask,
  path: string,
): Promise<void> => {
  const { SplitType = 'None', CompressionType = 'None' } = job.TransformInput;
  const raw = Readable.from(input);
  const stream = CompressionType === 'Gzip' ? raw.pipe(createGunzip()) : raw;
  raw.on('error', (error) => stream.destroy(error));
  const limit = payloadLimit(job);
  const out = createWriteStream(path);
  try {
    for await (const { records, body } of SplitType === 'Line'
      ? lines(stream, job, limit)
      : wholeObject(stream, limit)) {
      const answer = Buffer.from((await ask(body)).body).toString();
      const text = joined(job, records, answer);
      const whole = job.TransformOutput.AssembleWith === 'Line' ? `${text.replace(/\r?\n$/, '')}\n` : text;
      if (!out.write(whole)) await once(out, 'drain');
    }
    out.end();
    await finished(out);
  } finally {
    stream.destroy();
    raw.destroy();
    out.destroy();
  }
};
